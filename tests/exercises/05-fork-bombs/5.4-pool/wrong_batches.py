"""k at a time, but the next k only when all have ended.

misconception: M3.9
message: or for all of a batch
"""

import subprocess


def pool(jobs, k):
    codes = []
    for start in range(0, len(jobs), k):
        batch = [subprocess.Popen(argv) for argv in jobs[start : start + k]]
        codes += [process.wait() for process in batch]
    return codes
