"""Gives the right names, and does nothing.

misconception: M3.14
message: now do it
"""

import os


def status_of(pid):
    with open(f"/proc/{pid}/status") as file:
        return dict(line.split(":", 1) for line in file)


def fix(zombie_pid):
    parent = int(status_of(zombie_pid)["PPid"])
    if parent == os.getppid():
        return "leave"
    fields = status_of(parent)
    if "T" in fields["State"].split()[0]:
        return "continue"
    return "nudge" if int(fields["SigCgt"], 16) >> 16 & 1 else "terminate"
