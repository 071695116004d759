"""An exception of another kind.

misconception: none
message: an exception that nobody catches would end a program
"""


def goodbye(code):
    raise RuntimeError(code)
