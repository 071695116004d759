"""Changes Python's object, which the program has never heard of.

misconception: M1.17
message: sys.stdout is an object of Python's
"""

import os
import sys


def redirect(argv, path):
    pid = os.fork()
    if pid == 0:
        try:
            sys.stdout = open(path, "w")
            os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
