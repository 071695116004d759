"""Starts the program and comes back.

misconception: none
message: run the program as it is, and wait for it
"""

import os
import resource


def limited(argv, n):
    pid = os.fork()
    if pid == 0:
        resource.setrlimit(resource.RLIMIT_NPROC, (n, n))
        os.execvp(argv[0], argv)
    return 0
