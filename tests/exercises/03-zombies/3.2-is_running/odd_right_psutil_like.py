"""Compares pid and thread group by looking into the task directory."""

import os


def is_running(pid):
    try:
        threads = os.listdir(f"/proc/{pid}/task")
        text = open(f"/proc/{pid}/status").read()
    except OSError:
        return False
    leader = f"\nTgid:\t{pid}\n" in text
    return leader and bool(threads) and "\nState:\tZ" not in text
