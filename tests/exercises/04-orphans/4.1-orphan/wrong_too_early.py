"""The orphan asks while its first parent still lives.

misconception: none
message: you asked too early
"""

import os
import signal


def orphan():
    reading, writing = os.pipe()
    asked, has_asked = os.pipe()
    middle = os.fork()
    if middle == 0:
        if os.fork() == 0:
            os.write(writing, f"{os.getpid()} {os.getppid()}".encode())
            os.write(has_asked, b"!")
            signal.pause()
        os.read(asked, 1)
        os._exit(0)
    os.waitpid(middle, 0)
    pid, parent = os.read(reading, 40).split()
    return int(pid), int(parent)
