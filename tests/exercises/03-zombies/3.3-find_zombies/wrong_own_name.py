"""Gives the name of the zombie where that of its parent is asked for.

misconception: none
message: that is the zombie's own name
"""

import os


def find_zombies():
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
            if fields[0] == "Z" and fields[17] == "1":
                name = open(f"/proc/{pid}/comm").read().removesuffix("\n")
                found.append((int(pid), int(fields[1]), name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found
