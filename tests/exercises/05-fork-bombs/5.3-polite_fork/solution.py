"""The expected solution: try, collect, sleep, try again, until the seconds are over."""

import os
import time


def collect():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def polite_fork(argv, seconds):
    until = time.monotonic() + seconds
    while True:
        collect()
        try:
            pid = os.fork()
        except BlockingIOError:
            if time.monotonic() >= until:
                raise
            time.sleep(0.05)
            continue
        if pid == 0:
            try:
                os.execvp(argv[0], argv)
            finally:
                os._exit(127)
        return pid
