"""SA_NOCLDWAIT by sigaction, restored when a pipe that all commands hold is at its end."""

import ctypes
import os
import signal
import subprocess


class Action(ctypes.Structure):
    _fields_ = [
        ("handler", ctypes.c_void_p),
        ("mask", ctypes.c_ulong * 16),
        ("flags", ctypes.c_int),
        ("restorer", ctypes.c_void_p),
    ]


def sigaction(new, old=None):
    ctypes.CDLL(None).sigaction(int(signal.SIGCHLD), ctypes.byref(new), old and ctypes.byref(old))


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def no_corpses(commands):
    old = Action()
    sigaction(Action(handler=None, flags=2), old)
    reading, writing = os.pipe()
    pids = [subprocess.Popen(argv, pass_fds=[writing]).pid for argv in commands]
    os.close(writing)
    while os.read(reading, 1):
        pass
    os.close(reading)
    while any(alive(pid) for pid in pids):
        pass
    sigaction(old)
