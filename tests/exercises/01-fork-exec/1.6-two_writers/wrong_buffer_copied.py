"""Writes what was there again; fork copies the buffer, and both write it out.

misconception: M1.14
message: in the file more than once
"""

import os


def two_writers(path, first, second):
    old = open(path, "rb").read() if os.path.exists(path) else b""
    out = open(path, "wb")
    out.write(old)
    pid = os.fork()
    source = first if pid else second
    while line := os.read(source, 32):
        out.write(line)
        out.flush()
    if pid == 0:
        os._exit(0)
    out.close()
    os.wait()
