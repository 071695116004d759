"""The codes of the daemons, under the pids of the commands that started them.

misconception: none
message: under other pids than those of the daemons
"""

import ctypes
import os


def adopt(commands):
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
    codes = {}
    for argv in commands:
        pid = os.fork()
        if pid == 0:
            try:
                os.execvp(argv[0], argv)
            finally:
                os._exit(127)
        os.waitpid(pid, 0)
        codes[pid] = os.waitstatus_to_exitcode(os.wait()[1])
    return codes
