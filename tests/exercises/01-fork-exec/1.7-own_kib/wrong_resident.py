"""The resident size: the same for all.

misconception: M1.8
message: counts pages that are shared with the parent too
"""


def own_kib(pid):
    try:
        for line in open(f"/proc/{pid}/status"):
            if line.startswith("VmRSS"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0
