"""The name ends at the first parenthesis.

misconception: M3.12
message: the name stands unquoted in the line
"""

import re


def parse_stat(text):
    pid, comm, rest = re.match(r"(\d+) \((.*?)\) (.*)", text, flags=re.DOTALL).groups()
    words = rest.split()
    return {
        "pid": int(pid),
        "comm": comm,
        "state": words[0],
        "ppid": int(words[1]),
        "num_threads": int(words[17]),
        "starttime": int(words[19]),
    }
