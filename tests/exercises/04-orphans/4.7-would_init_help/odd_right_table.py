"""A table of who leaves what."""

LEFT = {  # waits: (of the children, of the orphans), alone; and under an init
    "never": ((1, 1), (1, 0)),
    "own": ((0, 1), (0, 0)),
    "any": ((0, 0), (0, 0)),
}
ENDS = {"default": (False, True), "handler": (True, True), "ignored": (False, False)}


def would_init_help(app):
    made = app["children"], app["orphans"]
    found = {}
    for name, (a, b), ends in zip(("alone", "init"), LEFT[app["waits"]], ENDS[app["on_sigterm"]]):
        found[name] = [made[0] * a + made[1] * b, ends]
    return found
