"""Numbers as text.

misconception: none
message: zombies is
"""


def compare(case):
    return {"runs": "1", "zombies": "0", "known": "0", "library": "0", "busy": "no"}
