"""Splits the line of stat at blanks: the name has some too.

misconception: M3.12
message: the name stands before the state
"""


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().split()[2] not in ("Z", "X")
    except OSError:
        return False
