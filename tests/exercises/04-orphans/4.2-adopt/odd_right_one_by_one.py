"""Each daemon is collected before the next command is started; the flag is reset at the end."""

import ctypes
import os

libc = ctypes.CDLL(None)


def adopt(commands):
    codes = {}
    libc.prctl(36, 1)
    try:
        for argv in commands:
            command = os.posix_spawnp(argv[0], argv, os.environ)
            while True:
                try:
                    pid, status = os.waitpid(-1, 0)
                except ChildProcessError:
                    break
                if pid != command:
                    codes[pid] = os.waitstatus_to_exitcode(status)
    finally:
        libc.prctl(36, 0)
    return codes
