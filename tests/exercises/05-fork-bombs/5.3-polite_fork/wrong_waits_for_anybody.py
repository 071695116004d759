"""os.wait() blocks: the child that lives is at work.

misconception: none
message: it was asleep
"""

import os


def polite_fork(argv, seconds):
    while True:
        try:
            pid = os.fork()
        except BlockingIOError:
            os.wait()
            continue
        if pid == 0:
            os.execvp(argv[0], argv)
        return pid
