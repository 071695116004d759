"""Whoever is pid 1 has no zombies.

misconception: M4.5
message: nothing collects them by itself
"""


def would_init_help(app):
    children, orphans, waits = app["children"], app["orphans"], app["waits"]
    own = children if waits == "never" else 0
    adopted = 0 if waits == "any" else orphans
    term = app["on_sigterm"]
    return {"alone": (own, term == "handler"), "init": (own, term != "ignored")}
