"""One wait for each command: half of the children stay.

misconception: M4.5
message: you did not wait for them
"""

import ctypes
import os


def adopt(commands):
    ctypes.CDLL(None).prctl(36, 1)
    for argv in commands:
        os.posix_spawnp(argv[0], argv, os.environ)
    codes = {}
    for argv in commands:
        pid, status = os.wait()
        codes[pid] = os.waitstatus_to_exitcode(status)
    return codes
