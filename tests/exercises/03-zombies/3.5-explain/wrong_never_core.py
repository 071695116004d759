"""Always says that no core was dumped.

misconception: none
message: it dumped core
"""

import os


def explain(status):
    if os.WIFEXITED(status):
        return ("exit", os.WEXITSTATUS(status))
    if os.WIFSIGNALED(status):
        return ("signal", os.WTERMSIG(status), False)
    if os.WIFSTOPPED(status):
        return ("stop", os.WSTOPSIG(status))
    return ("continue",)
