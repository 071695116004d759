"""Faults, which are pages.

misconception: none
message: these are pages of 4 KiB
"""


def own_kib(pid):
    try:
        return int(open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[7])
    except OSError:
        return 0
