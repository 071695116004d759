"""The commands that left the orphans are counted too; but they were collected.

misconception: none
message: who was waited for is no zombie
"""


def would_init_help(app):
    children, orphans, waits = app["children"], app["orphans"], app["waits"]
    own = children + orphans if waits == "never" else 0
    adopted = 0 if waits == "any" else orphans
    term = app["on_sigterm"]
    return {"alone": (own + adopted, term == "handler"), "init": (own, term != "ignored")}
