"""The fork inside the branch of the child is not counted.

misconception: none
message: two new processes a round
"""


def how_many(program, n):
    return {"A": 2**n, "B": n + 1, "C": n + 1, "D": 3**n, "E": 2, "F": 5**n}[program]
