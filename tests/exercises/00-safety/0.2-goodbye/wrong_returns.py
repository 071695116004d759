"""Returns the code.

misconception: M0.4
message: return ends a function: its caller goes on
"""


def goodbye(code):
    return code
