"""Waits for the commands only, and takes their codes for those of the daemons.

misconception: M4.5
message: you did not wait for them
"""

import ctypes
import os


def adopt(commands):
    ctypes.CDLL(None).prctl(36, 1)
    codes = {}
    for argv in commands:
        pid = os.posix_spawnp(argv[0], argv, os.environ)
        codes[pid] = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return codes
