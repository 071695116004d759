"""Ends the name at the first parenthesis.

misconception: M3.12
message: may hold blanks and parentheses
"""

import os
import re


def find_zombies():
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            text = open(f"/proc/{pid}/stat").read()
            fields = re.sub(r"\(.*?\)", "", text, count=1).split()
            if fields[1] == "Z" and int(fields[18]) < 2:
                name = open(f"/proc/{int(fields[2])}/comm").read().strip()
                found.append((int(pid), int(fields[2]), name))
        except (FileNotFoundError, ProcessLookupError, ValueError):
            continue
    return found
