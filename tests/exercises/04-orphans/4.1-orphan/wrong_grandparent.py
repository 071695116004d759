"""Takes the grandparent for the one who adopts.

misconception: M4.2
message: being the grandparent is no reason
"""

import os
import signal


def orphan():
    reading, writing = os.pipe()
    middle = os.fork()
    if middle == 0:
        pid = os.fork()
        if pid == 0:
            signal.pause()
        os.write(writing, b"%d" % pid)
        os._exit(0)
    os.waitpid(middle, 0)
    return int(os.read(reading, 20)), os.getpid()
