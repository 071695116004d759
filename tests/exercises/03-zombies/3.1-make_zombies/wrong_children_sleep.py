"""Takes a child that does nothing for a zombie.

misconception: M3.2
message: in state S (asleep)
"""

import os
import signal
import time


def make_zombies(n):
    pids = []
    for _ in range(n):
        pid = os.fork()
        if pid == 0:
            time.sleep(1000)
        pids.append(pid)

    def release():
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    return release
