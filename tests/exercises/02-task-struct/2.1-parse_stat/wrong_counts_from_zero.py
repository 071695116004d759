"""Takes the field numbers of the manual as indices.

misconception: none
message: counted from 1
"""


def parse_stat(text):
    pid, _, rest = text.partition(" (")
    comm, _, fields = rest.rpartition(") ")
    fields = [None, pid, comm, *fields.split()]
    return {
        "pid": int(pid),
        "comm": comm,
        "state": fields[3],
        "ppid": int(fields[4]),
        "num_threads": int(fields[19]),
        "starttime": int(fields[21]),
    }
