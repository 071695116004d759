"""A helper sets its own limit and runs the program as its child.

misconception: none
message: somebody stands between
"""

import os
import resource
import subprocess


def limited(argv, n):
    helper = os.fork()
    if helper == 0:
        resource.setrlimit(resource.RLIMIT_NPROC, (n, n))
        code = subprocess.run(argv).returncode
        os._exit(code & 0xFF)
    return os.waitstatus_to_exitcode(os.waitpid(helper, 0)[1])
