"""Leaves SA_NOCLDWAIT on; the list of ignored signals does not show it.

misconception: M3.7
message: SA_NOCLDWAIT is left on
"""

import ctypes
import signal
import subprocess


class Action(ctypes.Structure):
    _fields_ = [
        ("handler", ctypes.c_void_p),
        ("mask", ctypes.c_ulong * 16),
        ("flags", ctypes.c_int),
        ("restorer", ctypes.c_void_p),
    ]


def no_corpses(commands):
    action = Action(handler=None, flags=2)
    ctypes.CDLL(None).sigaction(int(signal.SIGCHLD), ctypes.byref(action), None)
    for argv in commands:
        subprocess.Popen(argv)
