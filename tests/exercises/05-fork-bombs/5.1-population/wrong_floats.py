"""A float is no number of processes, and too coarse for large ones.

misconception: none
message: return whole numbers
"""

import math


def population(program, n):
    power = math.pow(2, n)
    return {
        "loop": (n + 1, n),
        "double": (power, power - 1),
        "bomb": (power, 2 * power - 2),
        "tree": (2 * power - 1, 2 * power - 2),
        "relay": (1, n),
    }[program]
