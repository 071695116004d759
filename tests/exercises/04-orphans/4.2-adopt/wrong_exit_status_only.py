"""WEXITSTATUS of one that a signal has ended.

misconception: M3.6
message: WEXITSTATUS means something only if
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
        codes[pid] = os.WEXITSTATUS(status)
