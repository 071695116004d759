"""A child returns from the recursion like its parent.

misconception: M3.11
message: came back from grow(tree) in addition to your process
"""

import os


def grow(tree):
    pids = []
    for below in tree.values():
        pid = os.fork()
        if pid == 0:
            return grow(below)
        pids.append(pid)

    def fell():
        for pid in pids:
            os.waitpid(pid, 0)

    return fell
