"""Waits for room that its own zombies take.

misconception: M5.9
message: a zombie is a process that counts
"""

import os
import time


def polite_fork(argv, seconds):
    until = time.monotonic() + seconds
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
