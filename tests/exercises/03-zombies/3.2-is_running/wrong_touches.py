"""Wakes whatever it asks about.

misconception: none
message: a process that is stopped (state T) is now in state
"""

import os
import signal


def is_running(pid):
    try:
        os.kill(pid, signal.SIGCONT)
    except OSError:
        pass
    try:
        with open(f"/proc/{pid}/status") as file:
            fields = dict(line.split(":", 1) for line in file)
    except OSError:
        return False
    return int(fields["Tgid"]) == pid and "Z" not in fields["State"]
