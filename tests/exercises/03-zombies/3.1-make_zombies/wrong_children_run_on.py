"""The children leave the loop and come back from the function, like their parent.

misconception: M3.11
message: back from make_zombies in addition to your process
"""

import os


def make_zombies(n):
    pids = []
    for _ in range(n):
        pid = os.fork()
        if pid == 0:
            break
        pids.append(pid)

    def release():
        for pid in pids:
            os.waitpid(pid, 0)

    return release
