"""The orphan asks for its own parent again and again, until the answer changes."""

import os
import time


def orphan():
    reading, writing = os.pipe()
    middle = os.fork()
    if middle == 0:
        first = os.getpid()
        if os.fork() == 0:
            while os.getppid() == first:
                time.sleep(0.001)
            os.write(writing, f"{os.getpid()} {os.getppid()}".encode())
            time.sleep(60)
        os._exit(0)
    os.waitpid(middle, 0)
    pid, parent = os.read(reading, 40).split()
    return int(pid), int(parent)
