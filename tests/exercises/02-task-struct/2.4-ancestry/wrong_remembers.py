"""Asks for each parent once: whoever forked it is the parent.

misconception: M2.9
message: the parent is looked up when you ask
"""

import functools


@functools.cache
def parent(pid):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("PPid:"):
            return int(line[5:])


def ancestry(pid):
    chain = []
    try:
        while pid:
            above = parent(pid)
            chain.append(pid)
            pid = above
    except OSError:
        return []
    return chain
