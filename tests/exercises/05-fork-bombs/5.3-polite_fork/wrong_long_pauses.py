"""Pauses that double without an end.

misconception: none
message: a pause between two tries is 0.2 s at most
"""

import os
import time


def polite_fork(argv, seconds):
    pause = 2.2
    while True:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass
        try:
            pid = os.fork()
        except BlockingIOError:
            time.sleep(pause)
            continue
        if pid == 0:
            os.execvp(argv[0], argv)
        return pid
