"""Returns a path.

misconception: none
message: return the text of the C file
"""


def reaper_c():
    return ["reaper.c"]
