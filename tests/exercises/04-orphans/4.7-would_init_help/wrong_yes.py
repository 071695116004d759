"""Yes, it would.

misconception: none
message: return {
"""


def would_init_help(app):
    return True
