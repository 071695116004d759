"""Leaves everything as it is.

misconception: M3.1
message: still there
"""


def fix(zombie_pid):
    return "leave"
