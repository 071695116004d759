"""Plays it with lists."""


def compare(case):
    way = case["way"]
    own = [("own", n) for n in range(case["ended"])]
    dead = own + [("library", n) for n in range(case["library"])]
    if way == "B":
        dead = []
    known, runs, pending = set(), 0, bool(own)
    looks_at = (lambda one: one in own) if way in "EH" else (lambda one: True)
    rounds = {"A": 0, "B": 0, "C": 1}.get(way, len(dead))
    if way in "CDE" and pending:
        runs, pending = 1, False
    for _ in range(rounds):
        ready = [one for one in dead if looks_at(one)]
        if not ready:
            break
        dead.remove(ready[0])
        known.add(ready[0])
    return {
        "runs": runs,
        "zombies": len(dead),
        "known": sum(one in own for one in known),
        "library": sum(kind == "library" for kind, _ in dead),
        "busy": way in {"F"},
    }
