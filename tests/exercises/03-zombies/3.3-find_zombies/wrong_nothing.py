"""Finds nothing, ever.

misconception: none
message: no zombie reported at all
"""


def find_zombies():
    return []
