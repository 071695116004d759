"""Sets the flag in each child, before exec. The flag stays with the child, which ends.

misconception: M4.2
message: adopts nobody unless it has asked
"""

import ctypes
import os


def adopt(commands):
    codes = {}
    for argv in commands:
        pid = os.fork()
        if pid == 0:
            ctypes.CDLL(None).prctl(36, 1)
            os.execvp(argv[0], argv)
    while True:
        try:
            pid, status = os.wait()
        except ChildProcessError:
            return codes
        codes[pid] = os.waitstatus_to_exitcode(status)
