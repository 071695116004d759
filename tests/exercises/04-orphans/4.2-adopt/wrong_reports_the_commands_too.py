"""Everybody that wait() returns, the commands among them.

misconception: none
message: Which pid is which?
"""

import ctypes
import os


def adopt(commands):
    ctypes.CDLL(None).prctl(36, 1)
    for argv in commands:
        os.posix_spawnp(argv[0], argv, os.environ)
    codes = {}
    while True:
        try:
            pid, status = os.wait()
        except ChildProcessError:
            return codes
        codes[pid] = os.waitstatus_to_exitcode(status)
