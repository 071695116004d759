"""Adopts, looks once, and leaves.

misconception: M4.5
message: you did not wait for them
"""

import ctypes
import os
import subprocess


def adopt(commands):
    ctypes.CDLL(None).prctl(36, 1)
    for argv in commands:
        subprocess.run(argv)
    codes = {}
    pid, status = os.waitpid(-1, os.WNOHANG)
    if pid:
        codes[pid] = os.waitstatus_to_exitcode(status)
    return codes
