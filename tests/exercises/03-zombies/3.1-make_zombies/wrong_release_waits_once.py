"""Waits once for all of them.

misconception: M3.9
message: one wait() collects one child
"""

import os


def make_zombies(n):
    for _ in range(n):
        if os.fork() == 0:
            os._exit(0)
    return os.wait
