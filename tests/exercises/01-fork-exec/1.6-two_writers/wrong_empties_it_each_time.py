"""Opens the file anew for each line, with the mode w.

misconception: none
message: empties the file each time
"""

import os


def copy(source, path):
    while line := os.read(source, 32):
        with open(path, "wb") as file:
            file.write(line)


def two_writers(path, first, second):
    pid = os.fork()
    if pid == 0:
        copy(second, path)
        os._exit(0)
    copy(first, path)
    os.waitpid(pid, 0)
