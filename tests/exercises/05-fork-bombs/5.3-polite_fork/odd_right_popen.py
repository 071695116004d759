"""subprocess lets the same error out."""

import os
import subprocess
import time


def polite_fork(argv, seconds):
    until = time.monotonic() + seconds
    while True:
        try:
            return subprocess.Popen(argv).pid
        except BlockingIOError:
            if time.monotonic() > until:
                raise
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass
        time.sleep(0.1)
