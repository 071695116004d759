"""Returns something that is not a function.

misconception: none
message: return seen itself, a function
"""


def install_reaper():
    return []
