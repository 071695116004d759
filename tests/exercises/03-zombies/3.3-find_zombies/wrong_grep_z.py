"""Looks for a Z anywhere in the line.

misconception: M3.8
message: makes no zombie
"""

import subprocess


def find_zombies():
    ps = subprocess.run(
        ["ps", "-eo", "pid=,ppid=,stat=,comm="], capture_output=True, text=True, check=True
    )
    found = []
    for line in ps.stdout.splitlines():
        if "Z" not in line:
            continue
        pid, ppid = line.split()[:2]
        name = open(f"/proc/{ppid}/comm").read().rstrip("\n")
        found.append((int(pid), int(ppid), name))
    return found
