"""The expected solution: who lives, and who was ever forked."""


def population(program, n):
    if program == "loop":
        return n + 1, n
    if program == "double":
        return 2**n, 2**n - 1
    if program == "bomb":
        return 2**n, 2 ** (n + 1) - 2
    if program == "tree":
        return 2 ** (n + 1) - 1, 2 ** (n + 1) - 2
    return 1, n
