"""Sets the limit for its own process, for good.

misconception: M5.15
message: A hard limit that was lowered stays
"""

import resource
import subprocess


def limited(argv, n):
    resource.setrlimit(resource.RLIMIT_NPROC, (n, n))
    return subprocess.run(argv).returncode
