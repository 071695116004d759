"""Goes on when no child is ready, until all have ended.

misconception: M6.6
message: (0, 0) means that none is ready now
"""

import os


def reap_ready():
    codes = {}
    try:
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid:
                codes[pid] = os.waitstatus_to_exitcode(status)
    except ChildProcessError:
        return codes
