"""Says no to everything.

misconception: none
message: is False for a process that sleeps
"""


def is_running(pid):
    return False
