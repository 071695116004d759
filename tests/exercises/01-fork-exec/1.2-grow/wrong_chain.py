"""Every child goes on in the loop, its parent leaves it.

misconception: M3.11
message: each is the child of the one before
"""

import os


def names(tree):
    for name, below in tree.items():
        yield name
        yield from names(below)


def grow(tree):
    reading, writing = os.pipe()
    first = None
    for _ in names(tree):
        pid = os.fork()
        if pid:
            break
        first = 0
    else:
        pid = None
    if first is None:
        os.close(reading)

        def fell():
            os.close(writing)
            os.waitpid(pid, 0)

        return fell
    os.close(writing)
    os.read(reading, 1)
    if pid:
        os.waitpid(pid, 0)
    os._exit(0)
