"""Never closes the file.

misconception: none
message: is still open in your process
"""

import os


def two_writers(path, first, second):
    out = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    pid = os.fork()
    source = first if pid else second
    while line := os.read(source, 32):
        os.write(out, line)
    if pid == 0:
        os._exit(0)
    os.wait()
