"""Returns what looks like a note of the check itself.

misconception: none
message: in its list
"""


def find_zombies():
    return [{"wait_status": 0, "strays": 0}]
