"""Does nothing.

misconception: none
message: no child while
"""


def two_writers(path, first, second):
    return None
