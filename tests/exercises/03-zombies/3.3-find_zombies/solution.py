"""The expected solution: scan /proc, split /proc/PID/stat after the last parenthesis."""

import os


def find_zombies():
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
            state, parent, threads = fields[0], fields[1], fields[17]
            if state != "Z" or int(threads) > 1:
                continue
            with open(f"/proc/{parent}/comm") as file:
                name = file.read().removesuffix("\n")
        except (FileNotFoundError, ProcessLookupError):
            continue
        found.append((int(entry), int(parent), name))
    return found
