"""Forks; parent and child both come back.

misconception: M3.11
message: came back from hello() too
"""

import os


def hello():
    number = os.getpid()
    os.fork()
    return number
