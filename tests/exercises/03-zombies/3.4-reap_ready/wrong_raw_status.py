"""Returns the wait status.

misconception: M3.5
message: that is the wait status
"""

import os


def reap_ready():
    codes = {}
    try:
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return codes
            codes[pid] = status
    except ChildProcessError:
        return codes
