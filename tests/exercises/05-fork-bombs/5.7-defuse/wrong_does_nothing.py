"""Hopes.

misconception: none
message: all processes whose
"""


def defuse(name):
    return True
