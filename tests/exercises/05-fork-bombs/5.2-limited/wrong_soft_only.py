"""The program can raise a soft limit again.

misconception: M5.14
message: a soft limit can be raised again
"""

import resource
import subprocess


def limited(argv, n):
    hard = resource.getrlimit(resource.RLIMIT_NPROC)[1]

    def lower():
        resource.setrlimit(resource.RLIMIT_NPROC, (n, hard))

    return subprocess.run(argv, preexec_fn=lower).returncode
