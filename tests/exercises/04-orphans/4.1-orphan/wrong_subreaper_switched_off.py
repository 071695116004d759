"""Makes its guess come true: nobody but init may adopt.

misconception: none
message: somebody else was to adopt it here
"""

import ctypes
import os
import signal


def orphan():
    ctypes.CDLL(None).prctl(36, 0)
    reading, writing = os.pipe()
    middle = os.fork()
    if middle == 0:
        pid = os.fork()
        if pid == 0:
            signal.pause()
        os.write(writing, b"%d" % pid)
        os._exit(0)
    os.waitpid(middle, 0)
    return int(os.read(reading, 20)), os.getppid()
