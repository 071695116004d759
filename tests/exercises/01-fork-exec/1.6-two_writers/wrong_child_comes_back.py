"""The child returns like its parent.

misconception: M3.11
message: came back from two_writers(path, first, second) in addition
"""

import os


def two_writers(path, first, second):
    out = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    pid = os.fork()
    source = first if pid else second
    while line := os.read(source, 32):
        os.write(out, line)
    os.close(out)
    if pid:
        os.waitpid(pid, 0)
