"""Lowers its own soft limit, starts the program, and puts it back.

misconception: M5.14
message: a soft limit can be raised again
"""

import resource
import subprocess


def limited(argv, n):
    soft, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    resource.setrlimit(resource.RLIMIT_NPROC, (n, hard))
    try:
        process = subprocess.Popen(argv)
    finally:
        resource.setrlimit(resource.RLIMIT_NPROC, (soft, hard))
    return process.wait()
