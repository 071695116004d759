"""Each child forks once more before it ends.

misconception: M3.11
message: init also had to adopt and reap
"""

import os


def make_zombies(n):
    pids = []
    for _ in range(n):
        pid = os.fork()
        if pid == 0:
            os.fork()
            os._exit(0)
        pids.append(pid)

    def release():
        for pid in pids:
            os.waitpid(pid, 0)

    return release
