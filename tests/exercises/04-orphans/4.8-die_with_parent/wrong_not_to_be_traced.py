"""Keeps others from looking.

misconception: none
message: could not be stopped at its fork
"""

import ctypes
import os
import signal

prctl = ctypes.CDLL(None).prctl
prctl(4, 0)


def die_with_parent(argv):
    child = os.fork()
    if child == 0:
        prctl(1, signal.SIGKILL)
        os.execvp(argv[0], argv)
    return child
