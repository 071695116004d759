"""Forgets that other threads can outlive the main one.

misconception: M2.3
message: another thread still runs
"""

import os


def find_zombies():
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
            if fields[0] == "Z":
                name = open(f"/proc/{fields[1]}/comm").read().removesuffix("\n")
                found.append((int(pid), int(fields[1]), name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found
