"""Never gives up.

misconception: none
message: who waits for ever hides the trouble
"""

import os
import time


def polite_fork(argv, seconds):
    while True:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass
        try:
            pid = os.fork()
        except BlockingIOError:
            time.sleep(0.05)
            continue
        if pid == 0:
            os.execvp(argv[0], argv)
        return pid
