"""The expected solution: each process forks its own children; the end of a pipe ends them all."""

import os


def grow(tree):
    reading, writing = os.pipe()
    pids = plant(tree, reading, writing)

    def fell():
        os.close(writing)
        os.close(reading)
        for pid in pids:
            os.waitpid(pid, 0)

    return fell


def plant(tree, reading, writing):
    pids = []
    for below in tree.values():
        pid = os.fork()
        if pid == 0:
            if writing is not None:
                os.close(writing)
            children = plant(below, reading, None)
            os.read(reading, 1)
            for child in children:
                os.waitpid(child, 0)
            os._exit(0)
        pids.append(pid)
    return pids
