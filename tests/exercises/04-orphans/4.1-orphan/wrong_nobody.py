"""A number that no process has.

misconception: M4.4
message: is gone
"""


def orphan():
    return 4711, 1
