"""Asks for the signal, and never looks whether it is too late.

misconception: M4.17
message: not when it has ended already
"""

import ctypes
import os
import signal


def die_with_parent(argv):
    child = os.fork()
    if child == 0:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        os.execvp(argv[0], argv)
    return child
