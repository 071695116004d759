"""Each number from the one before; generations are added up."""

from itertools import accumulate

children = {"bomb": 2, "tree": 2, "relay": 1}


def population(program, n):
    if program in children:
        generations = list(
            accumulate(range(n), lambda size, _: size * children[program], initial=1)
        )
        forked = sum(generations[1:])
        return (1 + forked if program == "tree" else generations[-1]), forked
    alive = 1
    for _ in range(n):
        alive += alive if program == "double" else 1
    return alive, alive - 1
