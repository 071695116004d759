"""Believes that exec makes the new process.

misconception: M1.6
message: your own process, turned into
"""

import os


def run_program(argv, env=None, cwd=None):
    return os.execvp(argv[0], argv)
