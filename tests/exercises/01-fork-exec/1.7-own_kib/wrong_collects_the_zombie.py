"""Finds out by waiting whether it has ended.

misconception: M3.10
message: the zombie is gone
"""

import os


def own_kib(pid):
    try:
        if os.waitpid(pid, os.WNOHANG)[0]:
            return 0
        text = open(f"/proc/{pid}/smaps_rollup").read()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Private"))
