"""Starts one command and loses the process to it.

misconception: none
message: ended during the call
"""

import os


def no_corpses(commands):
    for argv in commands:
        os.execvp(argv[0], argv)
