"""A buffered file shared over fork; the child leaves with os._exit.

misconception: M1.14
message: os._exit does not write it out
"""

import os


def two_writers(path, first, second):
    with open(path, "ab") as out:
        pid = os.fork()
        source = first if pid else second
        while line := os.read(source, 32):
            out.write(line)
        if pid == 0:
            os._exit(0)
    os.wait()
