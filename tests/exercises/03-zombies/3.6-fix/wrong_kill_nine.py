"""Always shoots the parent.

misconception: M3.4
message: was ended
"""

import os
import signal


def status_of(pid):
    with open(f"/proc/{pid}/status") as file:
        return dict(line.split(":", 1) for line in file)


def fix(zombie_pid):
    parent = int(status_of(zombie_pid)["PPid"])
    if parent == os.getppid():
        return "leave"
    os.kill(parent, signal.SIGKILL)
    return "terminate"
