"""Collects its own child and nobody else.

misconception: M4.5
message: somebody has to wait for them
"""

import subprocess


def mini_init(argv):
    try:
        code = subprocess.run(argv).returncode
    except FileNotFoundError:
        return 127
    return code if code >= 0 else 128 - code
