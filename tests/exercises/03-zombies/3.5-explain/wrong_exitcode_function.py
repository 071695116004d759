"""waitstatus_to_exitcode refuses a stopped child.

misconception: none
message: raised ValueError
"""

import os


def explain(status):
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        return ("signal", -code, os.WCOREDUMP(status))
    return ("exit", code)
