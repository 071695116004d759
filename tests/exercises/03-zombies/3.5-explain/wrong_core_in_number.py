"""Forgets that one bit says that core was dumped.

misconception: M3.6
message: the eighth says that core was dumped
"""

import os


def explain(status):
    if os.WIFEXITED(status):
        return ("exit", os.WEXITSTATUS(status))
    if os.WIFSTOPPED(status):
        return ("stop", os.WSTOPSIG(status))
    if os.WIFCONTINUED(status):
        return ("continue",)
    return ("signal", status & 0xFF, False)
