"""The right number in the wrong unit.

misconception: none
message: these are MiB
"""


def own_kib(pid):
    total = 0
    try:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            for line in file:
                if line.startswith("Private_"):
                    total += int(line.split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return total / 1024
