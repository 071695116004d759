"""pid 1 is thought to hear no signal at all, whatever it does.

misconception: M4.7
message: a handler runs in pid 1 as in any process
"""


def would_init_help(app):
    own = app["children"] if app["waits"] == "never" else 0
    adopted = 0 if app["waits"] == "any" else app["orphans"]
    return {"alone": (own + adopted, False), "init": (own, app["on_sigterm"] != "ignored")}
