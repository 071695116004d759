"""Starts the second when the first has ended.

misconception: M6.9
message: 1 of 5 jobs ran at the same time
"""

import subprocess


def supervise(jobs, seconds, grace):
    codes = []
    for job in jobs:
        child = subprocess.Popen(job)
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            child.kill()
        codes.append(child.wait())
    return codes
