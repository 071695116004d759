"""Signals by name."""

import os
from signal import Signals


def explain(status):
    if os.WIFSTOPPED(status):
        return ("stop", Signals(os.WSTOPSIG(status)).name)
    if os.WIFCONTINUED(status):
        return ("continue",)
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        return ("signal", Signals(-code).name.removeprefix("SIG"), os.WCOREDUMP(status))
    return ("exit", code)
