"""Looks once at each process.

misconception: none
message: the first writer, which has written more
"""

import functools


@functools.cache
def own_kib(pid):
    try:
        text = open(f"/proc/{pid}/smaps_rollup").read()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Private"))
