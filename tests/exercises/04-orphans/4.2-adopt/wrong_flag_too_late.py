"""Asks for orphans when the parents have ended already.

misconception: M4.2
message: went to init
"""

import ctypes
import os
import subprocess


def adopt(commands):
    for argv in commands:
        subprocess.run(argv)
    ctypes.CDLL(None).prctl(36, 1)
    codes = {}
    while True:
        try:
            pid, status = os.wait()
        except ChildProcessError:
            return codes
        codes[pid] = os.waitstatus_to_exitcode(status)
