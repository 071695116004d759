"""Counts the forks of the last round only.

misconception: none
message: forks are counted over all generations
"""


def population(program, n):
    if program == "loop":
        return n + 1, n
    if program == "double":
        return 2**n, 2**n - 1
    if program == "bomb":
        return 2**n, 2**n
    if program == "tree":
        return 2 ** (n + 1) - 1, 2**n
    return 1, n
