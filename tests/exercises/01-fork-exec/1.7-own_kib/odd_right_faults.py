"""Every copied page was a minor fault of the child, and nearly all its faults are that."""

import resource


def own_kib(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0
    return 0 if fields[0] == "Z" else int(fields[7]) * resource.getpagesize() / 1024
