"""Counts nobody.

misconception: M4.5
message: nothing collects them by itself
"""


def would_init_help(app):
    return {"alone": (0, True), "init": (0, True)}
