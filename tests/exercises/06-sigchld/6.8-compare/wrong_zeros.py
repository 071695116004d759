"""The same answer to all.

misconception: none
message: zombies is
"""


def compare(case):
    return {"runs": 0, "zombies": 0, "known": 0, "library": 0, "busy": False}
