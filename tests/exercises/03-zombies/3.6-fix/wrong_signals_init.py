"""Would nudge init too.

misconception: M3.3
message: it reaps in its own time
"""

import os
import signal


def status_of(pid):
    with open(f"/proc/{pid}/status") as file:
        return dict(line.split(":", 1) for line in file)


def fix(zombie_pid):
    parent = int(status_of(zombie_pid)["PPid"])
    fields = status_of(parent)
    action, sig = "terminate", signal.SIGTERM
    if fields["State"].split()[0] == "T":
        action, sig = "continue", signal.SIGCONT
    elif int(fields["SigCgt"], 16) >> 16 & 1:
        action, sig = "nudge", signal.SIGCHLD
    try:
        os.kill(parent, sig)
    except PermissionError:
        pass
    return action
