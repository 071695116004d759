"""Takes whoever ends first for the program.

misconception: M4.12
message: the first that wait() returned was an orphan
"""

import os


def mini_init(argv):
    if os.fork() == 0:
        try:
            os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    pid, status = os.wait()
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code
