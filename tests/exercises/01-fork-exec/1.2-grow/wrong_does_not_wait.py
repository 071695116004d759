"""Ends them from the leaves to the top, and collects nobody.

misconception: M3.9
message: each parent has to wait
"""

import os


def grow(tree):
    reading, writing = os.pipe()
    plant(tree, reading, writing)
    return lambda: os.close(writing)


def plant(tree, reading, writing):
    for below in tree.values():
        if os.fork() == 0:
            os.close(writing) if writing else None
            plant(below, reading, None)
            os.read(reading, 1)
            os._exit(0)
