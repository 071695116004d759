"""True and False where a number was asked for.

misconception: none
message: and not
"""


def would_init_help(app):
    children, orphans, waits = app["children"], app["orphans"], app["waits"]
    own = children if waits == "never" else 0
    adopted = 0 if waits == "any" else orphans
    term = app["on_sigterm"]
    return {
        "alone": (bool(own + adopted), term == "handler"),
        "init": (bool(own), term != "ignored"),
    }
