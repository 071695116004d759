"""Starts nothing.

misconception: none
message: was seen
"""


def good_neighbour(commands):
    return lambda: {}
