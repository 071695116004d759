"""RLIMIT_NOFILE is about descriptors.

misconception: none
message: set it in the child, before exec
"""

import resource
import subprocess


def limited(argv, n):
    def lower():
        resource.setrlimit(resource.RLIMIT_NOFILE, (n, n))

    return subprocess.run(argv, preexec_fn=lower).returncode
