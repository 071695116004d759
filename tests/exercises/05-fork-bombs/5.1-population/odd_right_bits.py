"""Powers of two are shifts."""


def population(program, n):
    power = 1 << n
    return {
        "loop": (n + 1, n),
        "double": (power, power - 1),
        "bomb": (power, (power << 1) - 2),
        "tree": ((power << 1) - 1, (power << 1) - 2),
        "relay": (1, n),
    }[program]
