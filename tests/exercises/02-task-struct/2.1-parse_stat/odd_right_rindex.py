"""Positions instead of partitions, and a little more than was asked for."""


def parse_stat(text):
    left, right = text.index("("), text.rindex(")")
    names = "state ppid pgrp session tty_nr tpgid flags minflt cminflt majflt cmajflt utime stime"
    names += " cutime cstime priority nice num_threads itrealvalue starttime"
    found = dict(zip(names.split(), text[right + 1 :].split(), strict=False))
    found = {key: value if key == "state" else int(value) for key, value in found.items()}
    return {"pid": int(text[:left]), "comm": text[left + 1 : right], **found}
