"""Splits stat at blanks.

misconception: M3.12
message: may hold blanks and parentheses
"""

import os


def find_zombies():
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = open(f"/proc/{pid}/stat").read().split()
            if words[2] == "Z" and words[19] == "1":
                name = open(f"/proc/{words[3]}/comm").read().strip()
                found.append((int(pid), int(words[3]), name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found
