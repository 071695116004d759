"""Returns a sentence.

misconception: none
message: the child exited with code
"""

import os


def explain(status):
    return f"exit {os.waitstatus_to_exitcode(status)}" if status & 0xFF == 0 else "signal"
