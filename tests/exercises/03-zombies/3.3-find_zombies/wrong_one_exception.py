"""Knows that a file may be missing, not that a read may fail.

misconception: none
message: raised ProcessLookupError
"""

import os


def find_zombies():
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        if fields[0] == "Z" and fields[17] == "1":
            name = open(f"/proc/{fields[1]}/comm").read().removesuffix("\n")
            found.append((int(pid), int(fields[1]), name))
    return found
