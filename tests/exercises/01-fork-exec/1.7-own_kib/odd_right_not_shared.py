"""What is resident, less what is shared."""


def own_kib(pid):
    try:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            lines = [line.split() for line in file][1:]
    except (FileNotFoundError, ProcessLookupError):
        return 0
    kib = {words[0]: int(words[1]) for words in lines}
    return kib["Rss:"] - kib["Shared_Clean:"] - kib["Shared_Dirty:"]
