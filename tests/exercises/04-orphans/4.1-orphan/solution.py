"""The expected solution: a child in the middle forks the orphan, tells its pid, and ends."""

import os
import time


def orphan():
    reading, writing = os.pipe()
    middle = os.fork()
    if middle == 0:
        pid = os.fork()
        if pid == 0:
            time.sleep(60)
        else:
            os.write(writing, str(pid).encode())
        os._exit(0)
    os.waitpid(middle, 0)
    pid = int(os.read(reading, 20))
    os.close(reading)
    os.close(writing)
    with open(f"/proc/{pid}/status") as file:
        for line in file:
            if line.startswith("PPid:"):
                return pid, int(line.split()[1])
