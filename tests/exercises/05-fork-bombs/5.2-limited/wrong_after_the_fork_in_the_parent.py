"""Sets it in the parent when the child is there already.

misconception: M5.15
message: limits are copied by fork
"""

import resource
import subprocess


def limited(argv, n):
    process = subprocess.Popen(argv)
    resource.setrlimit(resource.RLIMIT_NPROC, (n, n))
    return process.wait()
