"""Collects one zombie, once.

misconception: M3.9
message: One wait collects one of them
"""

import os
import time


def polite_fork(argv, seconds):
    until = time.monotonic() + seconds
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        pass
    while True:
        try:
            pid = os.fork()
        except BlockingIOError:
            if time.monotonic() >= until:
                raise
            time.sleep(0.05)
            continue
        if pid == 0:
            os.execvp(argv[0], argv)
        return pid
