"""Stays until the last orphan has ended.

misconception: none
message: the program is the one that
"""

import os


def mini_init(argv):
    main = os.fork()
    if main == 0:
        try:
            os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    code = 0
    while True:
        try:
            pid, status = os.wait()
        except ChildProcessError:
            return code if code >= 0 else 128 - code
        if pid == main:
            code = os.waitstatus_to_exitcode(status)
