"""Comes back only when the child has ended.

misconception: none
message: it waits for the child
"""

import subprocess


def die_with_parent(argv):
    return subprocess.run(argv).returncode
