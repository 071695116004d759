"""Hopes that only the first forks are looked at.

misconception: M4.17
message: not when it has ended already
"""

import ctypes
import os
import signal


def die_with_parent(argv):
    for _ in range(4):
        decoy = os.fork()
        if decoy == 0:
            os._exit(0)
        os.waitpid(decoy, 0)
    child = os.fork()
    if child == 0:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        os.execvp(argv[0], argv)
    return child
