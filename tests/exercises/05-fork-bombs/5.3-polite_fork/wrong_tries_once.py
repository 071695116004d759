"""One try.

misconception: M5.10
message: EAGAIN says: not now
"""

import subprocess


def polite_fork(argv, seconds):
    return subprocess.Popen(argv).pid
