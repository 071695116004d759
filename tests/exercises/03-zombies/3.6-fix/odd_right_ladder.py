"""Tries the gentle ways one after the other, and looks whether they helped."""

import os
import signal
import time


def gone(pid):
    for _ in range(40):
        if not os.path.exists(f"/proc/{pid}"):
            return True
        time.sleep(0.005)
    return False


def fix(zombie_pid):
    with open(f"/proc/{zombie_pid}/stat") as file:
        parent = int(file.read().rpartition(")")[2].split()[1])
    if parent == os.getppid():
        return "leave"
    for name, number in (
        ("continue", signal.SIGCONT),
        ("nudge", signal.SIGCHLD),
        ("terminate", signal.SIGTERM),
    ):
        os.kill(parent, number)
        if gone(zombie_pid):
            return name
    raise RuntimeError("nothing helped")
