"""The wait status: of its low eight bits nothing is left.

misconception: M3.5
message: hand on the one of the program
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
            return status
