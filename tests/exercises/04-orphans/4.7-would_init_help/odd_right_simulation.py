"""Plays it through: a list of the dead, each with its parent, and who collects whom."""


def would_init_help(app):
    return {"alone": play(app, False), "init": play(app, True)}


def play(app, under_init):
    pid_1, program = "pid 1", "program" if under_init else "pid 1"
    dead = [(program, "child")] * app["children"] + [(pid_1, "orphan")] * app["orphans"]
    zombies = 0
    for parent, kind in dead:
        if under_init and parent == pid_1:
            continue
        if app["waits"] == "any" or (app["waits"] == "own" and kind == "child"):
            continue
        zombies += 1
    hears = app["on_sigterm"] == "handler" or (under_init and app["on_sigterm"] == "default")
    return zombies, hears
