"""Leaves everything as it is.

misconception: M3.3
message: its parent lives
"""


def fix(zombie_pid):
    return "leave"
