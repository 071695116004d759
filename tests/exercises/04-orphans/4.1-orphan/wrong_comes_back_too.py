"""The orphan runs on behind the fork, and comes back from the function.

misconception: M3.11
message: end it with os._exit
"""

import os


def orphan():
    middle = os.fork()
    if middle == 0:
        if os.fork() > 0:
            os._exit(0)
    else:
        os.waitpid(middle, 0)
    return os.getpid(), os.getppid()
