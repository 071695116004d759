"""The right parents, but nobody stays.

misconception: none
message: these have ended
"""

import os


def grow(tree):
    for below in tree.values():
        if os.fork() == 0:
            grow(below)
            os._exit(0)
    return lambda: None
