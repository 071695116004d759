"""The one in the middle sleeps on, and the orphan is none.

misconception: none
message: has its first parent still
"""

import os
import signal


def orphan():
    reading, writing = os.pipe()
    if os.fork() == 0:
        if os.fork() == 0:
            os.write(writing, f"{os.getpid()} 1".encode())
            signal.pause()
        signal.pause()
    pid, parent = os.read(reading, 40).split()
    return int(pid), int(parent)
