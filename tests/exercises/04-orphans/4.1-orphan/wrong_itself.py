"""Takes its own process for an orphan, because its parent is pid 1.

misconception: none
message: is your own process
"""

import os


def orphan():
    return os.getpid(), os.getppid()
