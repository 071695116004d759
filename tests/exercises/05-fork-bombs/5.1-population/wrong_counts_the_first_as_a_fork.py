"""The first process was there before.

misconception: none
message: the first process was there before
"""


def population(program, n):
    alive = {"loop": n + 1, "double": 2**n, "bomb": 2**n, "tree": 2 ** (n + 1) - 1, "relay": 1}
    forked = {
        "loop": n,
        "double": 2**n,
        "bomb": 2 ** (n + 1) - 1,
        "tree": 2 ** (n + 1) - 1,
        "relay": n,
    }
    return alive[program], forked[program]
