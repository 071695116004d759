"""Knows the parents by their names, and looks at nothing else.

misconception: none
message: is still there
"""

import os
import re
import signal

TABLE = {
    "builder": ("continue", signal.SIGCONT),
    "courier": ("nudge", signal.SIGCHLD),
    "billing": ("terminate", signal.SIGTERM),
}


def fix(zombie_pid):
    parent = int(re.search(r"PPid:\t(\d+)", open(f"/proc/{zombie_pid}/status").read())[1])
    name = open(f"/proc/{parent}/comm").read().strip()
    if name == "init":
        return "leave"
    answer, number = TABLE.get(name, ("leave", 0))
    os.kill(parent, number)
    return answer
