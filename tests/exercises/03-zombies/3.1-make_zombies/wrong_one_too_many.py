"""Counts from 0 to n.

misconception: none
message: how often does your loop fork
"""

import os


def make_zombies(n):
    pids = []
    for _ in range(n + 1):
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        pids.append(pid)

    def release():
        for pid in pids:
            os.waitpid(pid, 0)

    return release
