"""Believes that fork gives the child a pid too, so that `and` always goes on.

misconception: M1.3
message: in the child, fork returns 0
"""


def how_many(program, n):
    return {"A": 2**n, "B": n + 1, "C": 2 * n + 1, "D": 4**n, "E": 2, "F": 4**n}[program]
