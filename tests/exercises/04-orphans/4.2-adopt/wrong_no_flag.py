"""Waits, but has not asked for orphans: init gets them.

misconception: M4.2
message: adopts nobody unless it has asked
"""

import os
import subprocess


def adopt(commands):
    for argv in commands:
        subprocess.run(argv)
    codes = {}
    while True:
        try:
            pid, status = os.wait()
        except ChildProcessError:
            return codes
        codes[pid] = os.waitstatus_to_exitcode(status)
