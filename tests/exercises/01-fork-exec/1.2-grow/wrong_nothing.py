"""Returns a function, and has grown nothing.

misconception: none
message: no new process at all
"""


def grow(tree):
    return lambda: None
