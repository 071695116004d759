"""Believes that only the first process goes through the loop.

misconception: M3.11
message: in every round each process that is there forks
"""


def how_many(program, n):
    return {"A": 2 * n, "B": n + 1, "C": 2 * n + 1, "D": 2 * n + 1, "E": 2, "F": 3 * n + 1}[program]
