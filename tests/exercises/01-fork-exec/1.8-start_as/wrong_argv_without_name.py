"""Believes that exec puts the name in front.

misconception: M1.15
message: exec adds nothing in front
"""

import os


def start_as(path, name, args):
    return os.posix_spawn(path, args, os.environ)
