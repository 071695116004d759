"""Two copies in each round: that is linear.

misconception: M5.1
message: the number doubles, it does not grow by two
"""


def population(program, n):
    if program in ("loop", "double"):
        return n + 1, n
    if program == "relay":
        return 1, n
    return 2 * n, 2 * n
