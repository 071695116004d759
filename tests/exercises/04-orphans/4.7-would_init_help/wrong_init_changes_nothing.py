"""The orphans stay with their grandparent.

misconception: M4.2
message: orphans go to pid 1, which is the init now
"""


def would_init_help(app):
    children, orphans, waits = app["children"], app["orphans"], app["waits"]
    own = children if waits == "never" else 0
    adopted = 0 if waits == "any" else orphans
    term = app["on_sigterm"]
    return {"alone": (own + adopted, term == "handler"), "init": (own + adopted, term != "ignored")}
