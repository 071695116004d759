"""Reports the number of the signal without its sign.

misconception: M3.5
message: a minus sign marks a signal
"""

import os


def reap_ready():
    found = {}
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if pid == 0:
            return found
        found[pid] = abs(os.waitstatus_to_exitcode(status))
