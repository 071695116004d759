"""Trusts that children end with their parent.

misconception: M4.4
message: nobody ends a child because its parent has ended
"""

import subprocess


def die_with_parent(argv):
    return subprocess.Popen(argv).pid
