"""Finds all of them, and takes its own away.

misconception: M3.10
message: collected by a wait call
"""

import os


def find_zombies():
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
            if fields[0] == "Z" and fields[17] == "1":
                name = open(f"/proc/{fields[1]}/comm").read().removesuffix("\n")
                found.append((int(pid), int(fields[1]), name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        pass
    return found
