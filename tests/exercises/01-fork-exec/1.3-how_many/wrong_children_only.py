"""Counts the children, and forgets the first process.

misconception: none
message: the first process counts as well
"""


def how_many(program, n):
    return {"A": 2**n, "B": n + 1, "C": 2 * n + 1, "D": 3**n, "E": 2, "F": 5**n}[program] - 1
