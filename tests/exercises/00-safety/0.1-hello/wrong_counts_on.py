"""Guesses: the first time 2, then always one more than before. Each new process begins anew.

misconception: none
message: the process that ran it was pid
"""

CALLS = []


def hello():
    CALLS.append(1)
    return 1 + len(CALLS)
