"""Parent and child have changed their inputs.

misconception: none
message: which branch of the `if` is which
"""

import os


def copy(source, out):
    while line := os.read(source, 32):
        os.write(out, line)


def two_writers(path, first, second):
    out = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    pid = os.fork()
    if pid == 0:
        copy(first, out)
        os._exit(0)
    copy(second, out)
    os.close(out)
    os.waitpid(pid, 0)
