"""The pauses are longer than what is allowed.

misconception: none
message: at a stretch
"""

import os
import time


def polite_fork(argv, seconds):
    until = time.monotonic() + seconds
    while True:
        try:
            pid = os.fork()
        except BlockingIOError:
            if time.monotonic() > until:
                raise
            try:
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            except ChildProcessError:
                pass
            time.sleep(1)
            continue
        if pid == 0:
            os.execvp(argv[0], argv)
        return pid
