"""Believes that exec makes a process.

misconception: M1.6
message: your own process, turned into
"""

import os


def start_as(path, name, args):
    return os.execv(path, [name, *args])
