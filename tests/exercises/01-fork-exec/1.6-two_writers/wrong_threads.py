"""Two threads of one process.

misconception: none
message: no child while
"""

import os
import threading


def two_writers(path, first, second):
    out = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)

    def copy(source):
        while line := os.read(source, 32):
            os.write(out, line)

    other = threading.Thread(target=copy, args=(second,))
    other.start()
    copy(first)
    other.join()
    os.close(out)
