"""Says that all is well.

misconception: none
message: run the program as it is, and wait for it
"""


def limited(argv, n):
    return 0
