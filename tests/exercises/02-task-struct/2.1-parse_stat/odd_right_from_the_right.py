"""Counts the fields from the end of the line, where no name can be."""


def parse_stat(text):
    head, *fields = text.rstrip("\n").rsplit(" ", 50)
    pid, name = head.split(" ", 1)
    return {
        "pid": int(pid),
        "comm": name[1:-1],
        "state": fields[0],
        "ppid": int(fields[1]),
        "num_threads": int(fields[17]),
        "starttime": int(fields[19]),
    }
