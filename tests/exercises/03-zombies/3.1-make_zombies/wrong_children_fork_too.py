"""The children end only after the loop, in which they fork as well.

misconception: M3.11
message: init also had to adopt and reap
"""

import os


def make_zombies(n):
    me = os.getpid()
    pids = []
    for _ in range(min(n, 4)):
        pids.append(os.fork())
    if os.getpid() != me:
        os._exit(0)

    def release():
        for pid in pids:
            os.waitpid(pid, 0)

    return release
