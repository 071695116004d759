"""Each opens for itself, both to append, without a buffer."""

import os


def copy(path, source):
    with open(path, "ab", buffering=0) as out, os.fdopen(source, "rb", closefd=False) as lines:
        for line in lines:
            out.write(line)


def two_writers(path, first, second):
    pid = os.fork()
    if pid == 0:
        try:
            copy(path, second)
        finally:
            os._exit(0)
    copy(path, first)
    os.waitpid(pid, 0)
