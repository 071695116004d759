"""Leaves the child as a zombie.

misconception: M3.9
message: your process has to wait for its child
"""

import os


def two_writers(path, first, second):
    out = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    pid = os.fork()
    source = first if pid else second
    while line := os.read(source, 32):
        os.write(out, line)
    os.close(out)
    if pid == 0:
        os._exit(0)
