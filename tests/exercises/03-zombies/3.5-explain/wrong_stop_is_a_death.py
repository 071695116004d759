"""Knows only two kinds of status.

misconception: M3.6
message: such a child has not ended
"""

import os


def explain(status):
    if os.WIFEXITED(status):
        return ("exit", os.WEXITSTATUS(status))
    return ("signal", os.WTERMSIG(status), os.WCOREDUMP(status))
