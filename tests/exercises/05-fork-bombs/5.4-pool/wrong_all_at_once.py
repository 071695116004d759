"""No limit at all.

misconception: none
message: at a time
"""

import subprocess


def pool(jobs, k):
    return [process.wait() for process in [subprocess.Popen(argv) for argv in jobs]]
