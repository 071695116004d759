"""An empty answer.

misconception: M4.4
message: is missing, and it lives
"""


def new_parent(family, ends):
    return {}
