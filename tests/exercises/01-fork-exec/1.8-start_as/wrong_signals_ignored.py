"""Hands on what Python ignores.

misconception: M1.18
message: SIGPIPE and SIGXFSZ ignored in the program
"""

import os


def start_as(path, name, args):
    return os.posix_spawn(path, [name, *args], os.environ)
