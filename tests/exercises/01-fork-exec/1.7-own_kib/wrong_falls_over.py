"""Right for the living only.

misconception: none
message: for a zombie, which has no memory any more
"""


def own_kib(pid):
    text = open(f"/proc/{pid}/smaps_rollup").read()
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Private"))
