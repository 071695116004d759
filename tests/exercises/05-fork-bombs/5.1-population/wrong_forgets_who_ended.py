"""Whoever was forked is taken for alive, in the bomb too.

misconception: none
message: only the last generation is alive
"""


def population(program, n):
    if program == "loop":
        return n + 1, n
    if program == "double":
        return 2**n, 2**n - 1
    if program == "relay":
        return 1, n
    return 2 ** (n + 1) - 1, 2 ** (n + 1) - 2
