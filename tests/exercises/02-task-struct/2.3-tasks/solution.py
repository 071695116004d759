"""The expected solution: Tgid names the process, its directory task lists the rest."""

import os


def tasks(number):
    try:
        with open(f"/proc/{number}/status") as file:
            tgid = next(int(line.split()[1]) for line in file if line.startswith("Tgid:"))
        return tgid, {int(name) for name in os.listdir(f"/proc/{tgid}/task")}
    except (FileNotFoundError, ProcessLookupError):
        return None
