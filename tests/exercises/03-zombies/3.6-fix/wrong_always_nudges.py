"""Sends SIGCHLD, whoever the parent is.

misconception: M3.1
message: handles no signal before SIGCONT
"""

import os
import signal


def status_of(pid):
    with open(f"/proc/{pid}/status") as file:
        return dict(line.split(":", 1) for line in file)


def fix(zombie_pid):
    parent = int(status_of(zombie_pid)["PPid"])
    try:
        os.kill(parent, signal.SIGCHLD)
    except PermissionError:
        return "leave"
    return "nudge"
