"""The children keep the writing end that they inherited: the pipe never comes to its end.

misconception: none
message: every child has inherited one
"""

import os


def grow(tree):
    reading, writing = os.pipe()
    pids = plant(tree, reading)

    def fell():
        os.close(writing)
        for pid in pids:
            os.waitpid(pid, 0)

    return fell


def plant(tree, reading):
    pids = []
    for below in tree.values():
        pid = os.fork()
        if pid == 0:
            children = plant(below, reading)
            os.read(reading, 1)
            for child in children:
                os.waitpid(child, 0)
            os._exit(0)
        pids.append(pid)
    return pids
