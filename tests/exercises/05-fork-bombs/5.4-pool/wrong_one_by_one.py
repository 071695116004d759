"""One at a time.

misconception: none
message: runs them one by one
"""

import subprocess


def pool(jobs, k):
    return [subprocess.run(argv).returncode for argv in jobs]
