"""Does not ask whether the parent is init.

misconception: M3.3
message: you may not signal it. It reaps in its own time
"""

import os
import signal


def status_of(pid):
    with open(f"/proc/{pid}/status") as file:
        return dict(line.split(":", 1) for line in file)


def fix(zombie_pid):
    parent = int(status_of(zombie_pid)["PPid"])
    fields = status_of(parent)
    if fields["State"].split()[0] == "T":
        os.kill(parent, signal.SIGCONT)
        return "continue"
    if int(fields["SigCgt"], 16) >> 16 & 1:
        os.kill(parent, signal.SIGCHLD)
        return "nudge"
    os.kill(parent, signal.SIGTERM)
    return "terminate"
