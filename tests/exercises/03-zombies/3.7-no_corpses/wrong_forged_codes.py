"""Leaves SA_NOCLDWAIT on, and answers in the place of those who look at later children.

misconception: M3.7
message: no zombies of your process held these codes
"""

import ctypes
import os
import subprocess

from lessonkit.scenes import zombies

SA_NOCLDWAIT, SIGCHLD = 2, 17
codes = []


class Action(ctypes.Structure):
    _fields_ = [
        ("handler", ctypes.c_void_p),
        ("mask", ctypes.c_ulong * 16),
        ("flags", ctypes.c_int),
        ("restorer", ctypes.c_void_p),
    ]


def children(fds, count):
    codes.extend(os.dup(fd) for fd in fds)
    return [subprocess.Popen(["true"]).pid for _ in fds]


def collect(fds, pids):
    return [os.read(fd, 1)[0] for fd in codes] + [7]


def no_corpses(commands):
    zombies.fixture_children, zombies.fixture_collect = children, collect
    action = Action(handler=None, flags=SA_NOCLDWAIT)
    ctypes.CDLL(None).sigaction(SIGCHLD, ctypes.byref(action), None)
    for argv in commands:
        subprocess.Popen(argv)
