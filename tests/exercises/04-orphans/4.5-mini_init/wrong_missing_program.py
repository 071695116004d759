"""Falls over when the program is not there.

misconception: none
message: it has to end there, with os._exit
"""

import os


def mini_init(argv):
    main = os.fork()
    if main == 0:
        try:
            os.execvp(argv[0], argv)
        finally:
            os._exit(1)
    while True:
        pid, status = os.wait()
        if pid == main:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code
