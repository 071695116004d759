"""128 + N is the shell's way to tell of a signal.

misconception: M3.5
message: here -N is asked for
"""

import resource
import subprocess


def limited(argv, n):
    def lower():
        resource.setrlimit(resource.RLIMIT_NPROC, (n, n))

    code = subprocess.run(argv, preexec_fn=lower).returncode
    return 128 - code if code < 0 else code
