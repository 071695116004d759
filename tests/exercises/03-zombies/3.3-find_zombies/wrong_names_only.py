"""Returns pids without their parents.

misconception: none
message: return a list of tuples
"""

import os


def find_zombies():
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[0] == "Z":
                found.append(int(pid))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found
