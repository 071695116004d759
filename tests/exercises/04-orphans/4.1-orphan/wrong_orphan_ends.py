"""The orphan does not outlive its parent by much.

misconception: M4.4
message: nothing ends an orphan
"""

import os


def orphan():
    reading, writing = os.pipe()
    middle = os.fork()
    if middle == 0:
        parent = os.getpid()
        if os.fork() == 0:
            while os.getppid() == parent:
                pass
            os.write(writing, f"{os.getpid()} {os.getppid()}".encode())
            os._exit(0)
        os._exit(0)
    os.waitpid(middle, 0)
    pid, parent = os.read(reading, 40).split()
    return int(pid), int(parent)
