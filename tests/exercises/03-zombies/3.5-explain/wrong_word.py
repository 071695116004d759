"""Calls it "exited".

misconception: none
message: whose first part is exactly one of exit, signal, stop, continue
"""

import os


def explain(status):
    if os.WIFEXITED(status):
        return ("exited", os.WEXITSTATUS(status))
    return ("signal", os.WTERMSIG(status), os.WCOREDUMP(status))
