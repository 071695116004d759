"""Waits for the living too.

misconception: M3.10
message: it was asleep
"""

import os


def reap_ready():
    codes = {}
    try:
        while True:
            pid, status = os.wait()
            codes[pid] = os.waitstatus_to_exitcode(status)
    except ChildProcessError:
        return codes
