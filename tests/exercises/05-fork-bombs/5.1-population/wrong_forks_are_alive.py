"""Whoever was forked is taken for alive.

misconception: none
message: only the last generation is alive
"""


def population(program, n):
    return {
        "loop": (n + 1, n),
        "double": (2**n, 2**n - 1),
        "bomb": (2 ** (n + 1) - 2, 2 ** (n + 1) - 2),
        "tree": (2 ** (n + 1) - 1, 2 ** (n + 1) - 2),
        "relay": (1, n),
    }[program]
