"""A timer decides when to give up; the last error is kept for that."""

import os
import select
import time


def polite_fork(argv, seconds):
    end, last = time.time() + seconds, None
    while time.time() < end:
        try:
            if (pid := os.fork()) == 0:
                os.execvp(argv[0], argv)
            return pid
        except BlockingIOError as error:
            last = error
        while True:
            try:
                if os.waitpid(-1, os.WNOHANG) == (0, 0):
                    break
            except ChildProcessError:
                break
        select.select([], [], [], 0.1)
    raise last
