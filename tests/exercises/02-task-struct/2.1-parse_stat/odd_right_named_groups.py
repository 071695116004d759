"""One regular expression for the whole line."""

import re

RE = re.compile(
    r"(?P<pid>\d+) \((?P<comm>.*)\) (?P<state>\S) (?P<ppid>\d+)((?: \S+){15}) "
    r"(?P<num_threads>\d+) \S+ (?P<starttime>\d+)",
    re.S,
)


def parse_stat(text):
    d = RE.match(text).groupdict()
    return {k: (v if k in ("comm", "state") else int(v)) for k, v in d.items()}
