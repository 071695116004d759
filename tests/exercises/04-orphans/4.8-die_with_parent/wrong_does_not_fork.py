"""Becomes the program itself.

misconception: none
message: ended during the call
"""

import os


def die_with_parent(argv):
    os.execvp("true", ["true"])
