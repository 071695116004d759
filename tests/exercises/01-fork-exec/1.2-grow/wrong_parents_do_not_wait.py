"""The processes in the middle end without waiting: init has to collect the rest.

misconception: none
message: init had to adopt and reap
"""

import os


def grow(tree):
    reading, writing = os.pipe()
    pids = plant(tree, reading, writing)

    def fell():
        os.close(writing)
        for pid in pids:
            os.waitpid(pid, 0)

    return fell


def plant(tree, reading, writing):
    pids = []
    for below in tree.values():
        pid = os.fork()
        if pid == 0:
            os.close(writing) if writing else None
            plant(below, reading, None)
            os.read(reading, 1)
            os._exit(0)
        pids.append(pid)
    return pids
