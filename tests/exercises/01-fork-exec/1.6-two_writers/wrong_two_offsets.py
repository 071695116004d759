"""Each opens for itself, without O_APPEND: they overwrite each other.

misconception: M1.5
message: two opens have two offsets
"""

import os


def two_writers(path, first, second):
    pid = os.fork()
    out = os.open(path, os.O_WRONLY | os.O_CREAT, 0o666)
    os.lseek(out, 0, os.SEEK_END)
    source = first if pid else second
    while line := os.read(source, 32):
        os.write(out, line)
    if pid == 0:
        os._exit(0)
    os.close(out)
    os.wait()
