"""The wait status instead of the code.

misconception: M3.5
message: that is the wait status
"""

import ctypes
import os
import subprocess


def adopt(commands):
    ctypes.CDLL(None).prctl(36, 1)
    for argv in commands:
        subprocess.run(argv)
    codes = {}
    while True:
        try:
            pid, status = os.wait()
        except ChildProcessError:
            return codes
        codes[pid] = status
