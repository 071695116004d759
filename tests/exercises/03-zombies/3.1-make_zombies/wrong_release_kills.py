"""Tries to kill the dead.

misconception: M3.1
message: no signal removes a zombie
"""

import os
import signal


def make_zombies(n):
    pids = []
    for _ in range(n):
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        pids.append(pid)

    def release():
        for pid in pids:
            os.kill(pid, signal.SIGKILL)

    return release
