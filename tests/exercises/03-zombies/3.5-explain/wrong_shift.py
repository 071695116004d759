"""Takes the upper byte and asks nothing first.

misconception: M3.6
message: only if WIFEXITED says so
"""


def explain(status):
    return ("exit", status >> 8)
