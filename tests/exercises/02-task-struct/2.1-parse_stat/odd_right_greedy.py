"""A regular expression that takes as much as it can."""

import re


def parse_stat(text):
    found = re.fullmatch(r"(\d+) \((.*)\) (.) (-?\d+) ((?:-?\d+ ?)+)\s*", text, flags=re.DOTALL)
    rest = found[5].split()
    return {
        "pid": int(found[1]),
        "comm": found[2],
        "state": found[3],
        "ppid": int(found[4]),
        "num_threads": int(rest[15]),
        "starttime": int(rest[17]),
    }
