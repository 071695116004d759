"""Right for n = 1 only.

misconception: none
message: processes were there when it was run
"""


def how_many(program, n):
    return {"A": 2, "B": 2, "C": 3, "D": 3, "E": 2, "F": 5}[program]
