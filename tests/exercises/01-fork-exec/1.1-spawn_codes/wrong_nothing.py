"""Returns at once.

misconception: none
message: no child was seen alive
"""


def spawn_codes(gates):
    return {}
