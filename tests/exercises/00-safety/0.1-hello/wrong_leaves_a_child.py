"""Asks a child, which nobody collects.

misconception: none
message: no other process is needed
"""

import os


def hello():
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.write(writing, str(os.getppid()).encode())
        os._exit(0)
    return int(os.read(reading, 20))
