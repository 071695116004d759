"""Raises the soft limit as far as it goes.

misconception: M5.14
message: live with it, do not lift it
"""

import os
import resource


def polite_fork(argv, seconds):
    hard = resource.getrlimit(resource.RLIMIT_NPROC)[1]
    resource.setrlimit(resource.RLIMIT_NPROC, (hard, hard))
    pid = os.fork()
    if pid == 0:
        os.execvp(argv[0], argv)
    return pid
