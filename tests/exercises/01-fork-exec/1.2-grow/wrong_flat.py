"""The first process forks all of them.

misconception: M1.12
message: must fork them itself
"""

import os
import signal


def names(tree):
    for name, below in tree.items():
        yield name
        yield from names(below)


def grow(tree):
    pids = []
    for _ in names(tree):
        pid = os.fork()
        if pid == 0:
            signal.pause()
        pids.append(pid)

    def fell():
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    return fell
