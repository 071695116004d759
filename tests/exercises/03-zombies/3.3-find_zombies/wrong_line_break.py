"""Right, but for the line break behind the name.

misconception: none
message: the line break or blank around it
"""

import os


def find_zombies():
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
            if fields[0] == "Z" and fields[17] == "1":
                found.append((int(pid), int(fields[1]), open(f"/proc/{fields[1]}/comm").read()))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found
