"""Thinks in the numbers of a shell.

misconception: M3.5
message: a code above 128 is still a code
"""

import os


def explain(status):
    code = os.waitstatus_to_exitcode(status) if status & 0x7F != 0x7F else 0
    shown = code if code >= 0 else 128 - code
    if shown > 128:
        return ("signal", shown - 128, False)
    return ("exit", shown)
