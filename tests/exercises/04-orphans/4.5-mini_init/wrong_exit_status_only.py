"""A program that was killed has ended well.

misconception: M3.6
message: WEXITSTATUS means something only if
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
            return os.WEXITSTATUS(status)
