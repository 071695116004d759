"""All values stay text.

misconception: none
message: these are the digits as text
"""


def parse_stat(text):
    pid, _, rest = text.partition(" (")
    comm, _, fields = rest.rpartition(") ")
    fields = fields.split()
    return {
        "pid": pid,
        "comm": comm,
        "state": fields[0],
        "ppid": fields[1],
        "num_threads": fields[17],
        "starttime": fields[19],
    }
