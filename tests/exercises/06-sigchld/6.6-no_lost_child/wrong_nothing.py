"""Starts nothing.

misconception: none
message: no process with the argv
"""


def no_lost_child():
    return lambda argv=None: {} if argv is None else 1
