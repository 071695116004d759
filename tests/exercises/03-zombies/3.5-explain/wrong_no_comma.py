"""Forgets the comma that makes a tuple of one.

misconception: M3.6
message: a tuple of one needs a comma, ("continue",)
"""

import os


def explain(status):
    if os.WIFEXITED(status):
        return ("exit", os.WEXITSTATUS(status))
    if os.WIFCONTINUED(status):
        return ("continue")  # fmt: skip
    if os.WIFSTOPPED(status):
        return ("stop", os.WSTOPSIG(status))
    return ("signal", os.WTERMSIG(status), os.WCOREDUMP(status))
