"""Recursion, which begins anew when it comes to a process that is gone."""


class Gone(Exception):
    pass


def ancestry(pid):
    while parent(pid) is not None:
        try:
            return up(pid)
        except Gone:
            continue
    return []


def up(pid):
    above = parent(pid)
    if above is None:
        raise Gone
    return [pid] + (up(above) if above else [])


def parent(pid):
    try:
        for line in open(f"/proc/{pid}/status"):
            if line.startswith("PPid:"):
                return int(line[5:])
    except OSError:
        return None
