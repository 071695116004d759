"""Remembers the parent in the child: when that is too late, it remembers init.

misconception: M4.17
message: not when it has ended already
"""

import ctypes
import os
import signal


def die_with_parent(argv):
    child = os.fork()
    if child == 0:
        parent = os.getppid()
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        if os.getppid() == parent:
            os.execvp(argv[0], argv)
        os._exit(1)
    return child
