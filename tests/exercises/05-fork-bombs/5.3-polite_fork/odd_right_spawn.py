"""posix_spawnp fails with the same error; waitid finds the zombies one by one."""

import os
import time


def polite_fork(argv, seconds):
    until, pause = time.monotonic() + seconds, 0.01
    while True:
        try:
            return os.posix_spawnp(argv[0], argv, os.environ)
        except BlockingIOError:
            if time.monotonic() + pause > until:
                raise
        try:
            while os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG):
                pass
        except ChildProcessError:
            pass
        time.sleep(pause)
        pause = min(2 * pause, 0.2)
