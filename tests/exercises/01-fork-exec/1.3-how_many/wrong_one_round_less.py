"""range(n) is taken for n - 1 rounds.

misconception: none
message: gives n rounds
"""


def how_many(program, n):
    rounds = n - 1
    right = {"A": 2**rounds, "B": rounds + 1, "C": 2 * rounds + 1, "D": 3**rounds}
    return {**right, "E": 2, "F": 5**rounds}[program]
