"""Shares one offset, but begins at 0.

misconception: none
message: writing begins at the offset, which is 0 after open
"""

import os


def two_writers(path, first, second):
    out = os.open(path, os.O_WRONLY | os.O_CREAT, 0o666)
    pid = os.fork()
    source = first if pid else second
    while line := os.read(source, 32):
        os.write(out, line)
    if pid == 0:
        os._exit(0)
    os.close(out)
    os.wait()
