"""The expected solution: the name ends at the last parenthesis of the line."""


def parse_stat(text):
    pid, _, rest = text.partition(" (")
    comm, _, fields = rest.rpartition(") ")
    fields = fields.split()
    return {
        "pid": int(pid),
        "comm": comm,
        "state": fields[0],
        "ppid": int(fields[1]),
        "num_threads": int(fields[17]),
        "starttime": int(fields[19]),
    }
