"""Leaves no corpse by starting nothing.

misconception: none
message: 0 of
"""


def no_corpses(commands):
    return None
