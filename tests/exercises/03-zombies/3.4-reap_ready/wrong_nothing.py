"""Returns an empty dict, whatever happens.

misconception: none
message: still there
"""


def reap_ready():
    return {}
