"""The expected solution: a formula for each program."""


def how_many(program, n):
    if program == "A":
        return 2**n
    if program == "B":
        return n + 1
    if program == "C":
        return 2 * n + 1
    if program == "D":
        return 3**n
    if program == "E":
        return 2
    return 5**n
