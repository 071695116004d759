"""Only the pid.

misconception: none
message: return a tuple of two numbers
"""

import os


def orphan():
    return os.getpid()
