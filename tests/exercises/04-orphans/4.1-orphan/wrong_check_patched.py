"""Puts a function of its own in the place of the one that makes subreapers.

misconception: none
message: leave that as the check has set it
"""

import os
import signal

from lessonkit.scenes import orphans


def orphan():
    orphans.fixture_subreaper = lambda fds, flag, ended: None
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
