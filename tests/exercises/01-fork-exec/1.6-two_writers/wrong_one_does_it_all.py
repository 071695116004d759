"""The child is there, but the parent copies both inputs.

misconception: none
message: was read by your process
"""

import os
import select


def two_writers(path, first, second):
    out = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    held, hold = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(hold)
        os.read(held, 1)
        os._exit(0)
    sources = {first, second}
    while sources:
        for source in select.select(sources, [], [])[0]:
            line = os.read(source, 32)
            os.write(out, line) if line else sources.discard(source)
    for fd in (out, held, hold):
        os.close(fd)
    os.waitpid(pid, 0)
