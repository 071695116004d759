"""One number for all.

misconception: none
message: not counted yet, until A is right
"""


def how_many(program, n):
    return 2
