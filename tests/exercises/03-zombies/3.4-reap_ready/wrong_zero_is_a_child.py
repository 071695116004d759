"""Takes the answer 0 for a child.

misconception: M6.6
message: 0 is no child
"""

import os


def reap_ready():
    codes = {}
    try:
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            codes[pid] = os.waitstatus_to_exitcode(status)
            if pid == 0:
                return codes
    except ChildProcessError:
        return codes
