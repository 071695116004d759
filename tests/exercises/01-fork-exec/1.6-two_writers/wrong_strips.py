"""Takes the line break away.

misconception: none
message: without the line break
"""

import os


def copy(source, out):
    while line := os.read(source, 32):
        os.write(out, line.strip())


def two_writers(path, first, second):
    out = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    pid = os.fork()
    if pid == 0:
        copy(second, out)
        os._exit(0)
    copy(first, out)
    os.close(out)
    os.waitpid(pid, 0)
