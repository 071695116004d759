"""Says yes to everything.

misconception: none
message: is True for a process that ended and was reaped
"""


def is_running(pid):
    return True
