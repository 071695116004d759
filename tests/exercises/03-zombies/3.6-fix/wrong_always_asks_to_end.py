"""SIGTERM for every parent.

misconception: M3.4
message: it was only stopped
"""

import os
import signal


def status_of(pid):
    with open(f"/proc/{pid}/status") as file:
        return dict(line.split(":", 1) for line in file)


def fix(zombie_pid):
    parent = int(status_of(zombie_pid)["PPid"])
    try:
        os.kill(parent, signal.SIGTERM)
        os.kill(parent, signal.SIGCONT)
    except PermissionError:
        return "leave"
    return "terminate"
