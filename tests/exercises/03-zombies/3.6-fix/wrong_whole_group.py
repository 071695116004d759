"""Ends the process group of the parent, workers and all.

misconception: M3.4
message: A negative pid is a whole group
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
    fields = status_of(parent)
    if fields["State"].split()[0] == "T":
        os.kill(parent, signal.SIGCONT)
        return "continue"
    if int(fields["SigCgt"], 16) >> 16 & 1:
        os.kill(parent, signal.SIGCHLD)
        return "nudge"
    os.killpg(os.getpgid(parent), signal.SIGTERM)
    return "terminate"
