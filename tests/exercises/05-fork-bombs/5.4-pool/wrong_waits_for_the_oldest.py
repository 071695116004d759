"""Waits for the one that began first.

misconception: M3.9
message: waits for one certain job
"""

import subprocess


def pool(jobs, k):
    codes, running = [], []
    for argv in jobs:
        if len(running) == k:
            codes.append(running.pop(0).wait())
        running.append(subprocess.Popen(argv))
    return codes + [process.wait() for process in running]
