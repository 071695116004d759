"""Looks at itself.

misconception: none
message: KiB are its own
"""


def own_kib(pid):
    text = open("/proc/self/smaps_rollup").read()
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Private"))
