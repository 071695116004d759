"""Waits for the first, then for the second.

misconception: M6.9
message: whoever ends first is to be collected first
"""

import subprocess
import time


def supervise(jobs, seconds, grace):
    children = [subprocess.Popen(job) for job in jobs]
    end = time.monotonic() + seconds
    codes = []
    for child in children:
        for when, ask in ((end, child.terminate), (end + grace, child.kill)):
            try:
                child.wait(max(0, when - time.monotonic()))
            except subprocess.TimeoutExpired:
                ask()
        codes.append(child.wait())
    return codes
