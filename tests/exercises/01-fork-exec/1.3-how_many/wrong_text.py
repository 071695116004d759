"""The right formulas, but as text.

misconception: none
message: return a whole number
"""


def how_many(program, n):
    return {"A": f"{2**n}", "B": n + 1.0, "C": "2n+1", "D": "3**n", "E": "2", "F": "5"}[program]
