"""Believes that every fork in a loop doubles.

misconception: none
message: takes the child out of the loop
"""


def how_many(program, n):
    return {"A": 2**n, "B": 2**n, "C": 4**n, "D": 3**n, "E": 2, "F": 5**n}[program]
