"""Returns the status and more, in a tuple.

misconception: none
message: which is no number
"""

import os


def mini_init(argv):
    main = os.fork()
    if main == 0:
        try:
            os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    while True:
        pid, status = os.wait()
        if pid == main:
            return pid, status
