"""The function does it, not the shell.

misconception: none
message: the shell is to do it
"""

import os


def no_fork_rescue():
    names = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with open(f"/proc/{entry}/comm") as file:
                names.setdefault(file.read(), []).append(int(entry))
    for pid in max(names.values(), key=len):
        os.kill(pid, 9)
    return "echo done"
