"""The expected solution: walk up, walk again, and believe it when both walks agree."""


def ancestry(pid):
    before = None
    while True:
        chain = walk(pid)
        if chain is not None and chain == before:
            return [number for number, start in chain]
        before = chain


def walk(pid):
    """[(pid, start time), ...], or None if somebody ended on the way."""
    chain = []
    while pid:
        try:
            with open(f"/proc/{pid}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None if chain else []
        chain.append((pid, fields[19]))
        pid = int(fields[1])
    return chain
