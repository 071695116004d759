"""Opens for writing: what was there is gone.

misconception: none
message: O_TRUNC throws away what is there
"""

import os


def two_writers(path, first, second):
    out = open(path, "wb", buffering=0)
    pid = os.fork()
    source = first if pid else second
    while line := os.read(source, 32):
        out.write(line)
    if pid == 0:
        os._exit(0)
    out.close()
    os.wait()
