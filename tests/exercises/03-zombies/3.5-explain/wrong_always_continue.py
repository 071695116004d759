"""Gives the one answer that needs no number.

misconception: none
message: the child exited with code
"""


def explain(status):
    return ("continue",)
