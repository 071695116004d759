"""Returns what release returns, not release itself.

misconception: none
message: which cannot be called
"""

import os


def make_zombies(n):
    pids = []
    for _ in range(n):
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        pids.append(pid)

    def release():
        for pid in pids:
            os.waitpid(pid, 0)

    return release()
