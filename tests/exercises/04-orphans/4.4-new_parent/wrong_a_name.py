"""One name only.

misconception: none
message: return a dict
"""


def new_parent(family, ends):
    return "init"
