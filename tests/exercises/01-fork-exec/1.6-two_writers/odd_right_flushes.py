"""A file object that is flushed after each line, shared over fork."""

import os


def two_writers(path, first, second):
    with open(path, "ab") as out:
        pid = os.fork()
        source = first if pid else second
        while line := os.read(source, 32):
            out.write(line)
            out.flush()
        if pid == 0:
            os._exit(0)
    os.waitpid(pid, 0)
