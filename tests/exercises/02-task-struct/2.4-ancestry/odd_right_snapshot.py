"""One pass over /proc, then a walk in a dict; another pass if somebody is missing."""

import os


def ancestry(pid):
    for _ in range(50):
        parents = everybody()
        chain = []
        while pid and pid in parents:
            chain.append(pid)
            if parents[pid] == 0:
                return chain
            pid = parents[pid]
        if not chain:
            return []
        pid = chain[0]
    return []


def everybody():
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                text = open(f"/proc/{name}/status").read()
            except OSError:
                continue
            found[int(name)] = int(text.split("\nPPid:\t")[1].split()[0])
    return found
