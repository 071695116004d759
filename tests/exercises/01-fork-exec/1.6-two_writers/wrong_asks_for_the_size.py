"""pwrite at the size that the file had a moment ago.

misconception: M1.5
message: looks for the end first, and writes there then, comes too late
"""

import os


def copy(source, out):
    while line := os.read(source, 32):
        os.pwrite(out, line, os.fstat(out).st_size)


def two_writers(path, first, second):
    out = os.open(path, os.O_WRONLY | os.O_CREAT, 0o666)
    pid = os.fork()
    if pid == 0:
        copy(second, out)
        os._exit(0)
    copy(first, out)
    os.close(out)
    os.waitpid(pid, 0)
