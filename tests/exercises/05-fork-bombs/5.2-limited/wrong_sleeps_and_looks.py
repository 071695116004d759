"""It sleeps for a second, and looks once.

misconception: none
message: has guessed
"""

import resource
import subprocess
import time


def limited(argv, n):
    p = subprocess.Popen(argv, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NPROC, (n, n)))
    time.sleep(1)
    return p.poll()
