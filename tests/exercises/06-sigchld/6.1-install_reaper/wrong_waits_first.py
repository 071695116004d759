"""Waits for everybody before it comes back.

misconception: M3.10
message: it was asleep
"""

import os


def install_reaper():
    collected = []
    try:
        while True:
            pid, status = os.wait()
            collected.append((pid, os.waitstatus_to_exitcode(status)))
    except ChildProcessError:
        return lambda: collected
