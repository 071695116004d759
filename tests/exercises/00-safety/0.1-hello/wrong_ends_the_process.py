"""Gives the number away as an exit code.

misconception: none
message: ended during the call
"""

import os


def hello():
    os._exit(os.getpid() % 256)
