"""Growth for each round in a table."""

TIMES = {"A": 2, "D": 3, "F": 5}
PLUS = {"B": 1, "C": 2}


def how_many(program, n):
    there = 1
    for round in range(n):
        there = there * TIMES.get(program, 1) + PLUS.get(program, 0)
        if program == "E":
            return 2 * there
    return there
