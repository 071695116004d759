"""WEXITSTATUS of a child that a signal ended is 0.

misconception: M3.6
message: only if WIFEXITED says so
"""

import os


def reap_ready():
    codes = {}
    try:
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return codes
            codes[pid] = os.WEXITSTATUS(status)
    except ChildProcessError:
        return codes
