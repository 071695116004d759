"""Knows its own children only, and collects them to find out.

misconception: none
message: ordinary zombies
"""

import os


def find_zombies():
    found = []
    try:
        while True:
            pid, _ = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return found
            found.append((pid, os.getpid(), "python3"))
    except ChildProcessError:
        return found
