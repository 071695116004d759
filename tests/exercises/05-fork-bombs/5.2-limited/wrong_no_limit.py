"""Runs the program, no more.

misconception: none
message: set it in the child, before exec
"""

import subprocess


def limited(argv, n):
    return subprocess.run(argv).returncode
