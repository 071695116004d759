"""Answers nothing.

misconception: none
message: return a dict
"""


def compare(case):
    return None
