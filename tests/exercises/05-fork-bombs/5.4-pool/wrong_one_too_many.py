"""Starts the next one before it has waited.

misconception: none
message: count before you start the next one
"""

import os


def pool(jobs, k):
    codes, running = [None] * len(jobs), {}
    for place, argv in enumerate(jobs):
        running[os.posix_spawnp(argv[0], argv, os.environ)] = place
        if len(running) > k:
            pid, status = os.wait()
            codes[running.pop(pid)] = os.waitstatus_to_exitcode(status)
    while running:
        pid, status = os.wait()
        codes[running.pop(pid)] = os.waitstatus_to_exitcode(status)
    return codes
