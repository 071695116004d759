"""Starts them and hopes for init.

misconception: M3.3
message: their parent, your process, lives
"""

import os


def no_corpses(commands):
    for argv in commands:
        if os.fork() == 0:
            os.execvp(argv[0], argv)
