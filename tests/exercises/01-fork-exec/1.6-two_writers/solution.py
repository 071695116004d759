"""The expected solution: one open before the fork, with O_APPEND, and os.write."""

import os


def two_writers(path, first, second):
    out = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    pid = os.fork()
    if pid == 0:
        copy(second, out)
        os._exit(0)
    copy(first, out)
    os.close(out)
    os.waitpid(pid, 0)


def copy(source, out):
    while line := os.read(source, 32):
        os.write(out, line)
