"""Asks once, when the code is loaded, and keeps the answer.

misconception: M0.2
message: is the number of the process that was asked first
"""

import os

MY_NUMBER = os.getpid()


def hello():
    return MY_NUMBER
