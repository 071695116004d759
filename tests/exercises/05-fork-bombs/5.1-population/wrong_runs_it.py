"""Simulates each process: right for small numbers, never done with large ones.

misconception: none
message: still busy
"""


def population(program, n):
    if program == "loop":
        return n + 1, n
    if program == "relay":
        return 1, n
    if program == "double":
        here = 1
        for _ in range(2**n - 1):
            here += 1
        return here, here - 1
    return below(program, n)


def below(program, n):
    if n == 0:
        return 1, 0
    left, right = below(program, n - 1), below(program, n - 1)
    return left[0] + right[0] + (program == "tree"), left[1] + right[1] + 2
