"""Asks in the parent: fork clears it.

misconception: M4.4
message: nobody ends a child
"""

import ctypes
import os
import signal


def die_with_parent(argv):
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    child = os.fork()
    if child == 0:
        os.execvp(argv[0], argv)
    return child
