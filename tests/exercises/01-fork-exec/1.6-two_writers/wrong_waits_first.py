"""Waits for the child before it writes anything itself.

misconception: M1.1
message: your process did not read it
"""

import os


def two_writers(path, first, second):
    out = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    pid = os.fork()
    if pid == 0:
        while line := os.read(second, 32):
            os.write(out, line)
        os._exit(0)
    os.waitpid(pid, 0)
    while line := os.read(first, 32):
        os.write(out, line)
    os.close(out)
