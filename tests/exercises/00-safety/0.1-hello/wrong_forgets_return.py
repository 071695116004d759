"""Asks, and drops the answer.

misconception: M0.1
message: give the number back with `return`
"""

import os


def hello():
    os.getpid()
