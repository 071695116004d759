"""n squared.

misconception: M5.1
message: the number doubles
"""


def population(program, n):
    return n * n, n * n
