"""Keeps out who could make processes vanish at the worst moment, and handles no exception.

misconception: none
message: your process could not be traced any more
"""

import ctypes
import os

PR_SET_DUMPABLE = 4
ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def find_zombies():
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        for _ in range(3):  # nobody vanishes so often
            try:
                fields = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
                break
            except (FileNotFoundError, ProcessLookupError):
                fields = ["S"]
        if fields[0] == "Z" and fields[17] == "1":
            name = open(f"/proc/{fields[1]}/comm").read().removesuffix("\n")
            found.append((int(pid), int(fields[1]), name))
    return found
