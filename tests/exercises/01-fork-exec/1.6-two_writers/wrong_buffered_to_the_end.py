"""Two buffered files, well closed: all lines are there, but late, and in another order.

misconception: M1.14
message: not in the file when the next one was waited for
"""

import os


def two_writers(path, first, second):
    pid = os.fork()
    source = first if pid else second
    with open(path, "ab") as out:
        while line := os.read(source, 32):
            out.write(line)
    if pid == 0:
        os._exit(0)
    os.wait()
