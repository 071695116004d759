"""Tells nothing.

misconception: none
message: stayed a zombie
"""


def events():
    return lambda: []
