"""The right digits, as a text.

misconception: none
message: int(...) makes one of them
"""

import os


def hello():
    return os.readlink("/proc/self")
