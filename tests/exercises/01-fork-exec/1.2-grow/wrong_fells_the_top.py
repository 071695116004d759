"""Ends its own children only, and thinks that the others go with them.

misconception: M1.13
message: the end of a parent does not end its children
"""

import os
import signal


def grow(tree):
    pids = []
    for below in tree.values():
        pid = os.fork()
        if pid == 0:
            grow(below)
            signal.pause()
        pids.append(pid)

    def fell():
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    return fell
