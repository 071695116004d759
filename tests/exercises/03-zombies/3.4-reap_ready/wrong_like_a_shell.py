"""128 + N, as a shell shows it.

misconception: M3.5
message: what a shell shows in $?
"""

import os


def reap_ready():
    codes = {}
    try:
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return codes
            code = os.waitstatus_to_exitcode(status)
            codes[pid] = code if code >= 0 else 128 - code
    except ChildProcessError:
        return codes
