"""The expected solution: ask for a signal at the parent's death, then look whether it is late."""

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1
prctl = ctypes.CDLL(None).prctl


def die_with_parent(argv):
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        try:
            prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() == parent:
                os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    return child
