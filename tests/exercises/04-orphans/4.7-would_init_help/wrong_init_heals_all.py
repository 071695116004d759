"""No zombies under an init, ever.

misconception: M4.6
message: nobody else can collect them
"""


def would_init_help(app):
    children, orphans, waits = app["children"], app["orphans"], app["waits"]
    own = children if waits == "never" else 0
    adopted = 0 if waits == "any" else orphans
    term = app["on_sigterm"]
    return {"alone": (own + adopted, term == "handler"), "init": (0, term != "ignored")}
