"""Bytes.

misconception: none
message: these are bytes
"""


def own_kib(pid):
    try:
        text = open(f"/proc/{pid}/smaps_rollup").read()
    except OSError:
        return 0
    return sum(int(n.split()[1]) * 1024 for n in text.splitlines() if n.startswith("Private"))
