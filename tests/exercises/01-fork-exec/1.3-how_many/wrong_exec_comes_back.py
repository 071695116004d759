"""Believes that the loop goes on behind exec.

misconception: M1.7
message: exec does not come back
"""


def how_many(program, n):
    return {"A": 2**n, "B": n + 1, "C": 2 * n + 1, "D": 3**n, "E": 2**n, "F": 5**n}[program]
