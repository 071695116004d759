"""All of a branch ends at once, by a signal to its group: nobody is there to wait.

misconception: none
message: init had to adopt and reap
"""

import os
import signal


def plant(tree):
    for below in tree.values():
        if os.fork() == 0:
            plant(below)
            signal.pause()
            os._exit(0)


def grow(tree):
    pids = []
    for below in tree.values():
        pid = os.fork()
        if pid == 0:
            os.setpgid(0, 0)
            plant(below)
            signal.pause()
            os._exit(0)
        pids.append(pid)

    def fell():
        for pid in pids:
            os.killpg(pid, signal.SIGKILL)
        for pid in pids:
            os.waitpid(pid, 0)

    return fell
