"""Pss: a part of what is shared counts as well.

misconception: none
message: own is what no other process maps
"""


def own_kib(pid):
    try:
        for line in open(f"/proc/{pid}/smaps_rollup"):
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0
