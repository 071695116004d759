"""Looks for the end, then writes: between the two the other one has written.

misconception: M1.5
message: looks for the end first, and writes there then, comes too late
"""

import os


def copy(source, path):
    out = os.open(path, os.O_WRONLY | os.O_CREAT, 0o666)
    while line := os.read(source, 32):
        os.lseek(out, 0, os.SEEK_END)
        os.write(out, line)
    os.close(out)


def two_writers(path, first, second):
    pid = os.fork()
    if pid == 0:
        copy(second, path)
        os._exit(0)
    copy(first, path)
    os.waitpid(pid, 0)
