"""Asks again and again.

misconception: M3.10
message: takes the processor from those
"""

import os
import time


def polite_fork(argv, seconds):
    until = time.monotonic() + seconds
    while True:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass
        try:
            pid = os.fork()
        except BlockingIOError:
            if time.monotonic() >= until:
                raise
            continue
        if pid == 0:
            os.execvp(argv[0], argv)
        return pid
