"""The expected solution: the macros of wait(2), in the order of the manual page."""

import os


def explain(status):
    if os.WIFEXITED(status):
        return ("exit", os.WEXITSTATUS(status))
    if os.WIFSIGNALED(status):
        return ("signal", os.WTERMSIG(status), os.WCOREDUMP(status))
    if os.WIFSTOPPED(status):
        return ("stop", os.WSTOPSIG(status))
    return ("continue",)
