"""Catches whatever comes.

misconception: M5.10
message: catch BlockingIOError, not OSError
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
        except OSError:
            if time.monotonic() >= until:
                raise
            time.sleep(0.05)
            continue
        if pid == 0:
            os.execvp(argv[0], argv)
        return pid
