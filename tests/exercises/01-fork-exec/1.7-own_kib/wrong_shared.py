"""The other half of the account.

misconception: none
message: KiB are its own
"""


def own_kib(pid):
    try:
        for line in open(f"/proc/{pid}/smaps_rollup"):
            if line.startswith("Shared_Dirty:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0
