"""Each byte is a write of its own: between two of them the other one writes.

misconception: none
message: torn: the bytes are in the file
"""

import os


def copy(source, out):
    while byte := os.read(source, 1):
        os.write(out, byte)


def two_writers(path, first, second):
    out = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    pid = os.fork()
    if pid == 0:
        copy(second, out)
        os._exit(0)
    copy(first, out)
    os.close(out)
    os.waitpid(pid, 0)
