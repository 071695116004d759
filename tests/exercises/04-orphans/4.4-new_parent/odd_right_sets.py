"""Ancestors as lists, once, from the start; then only: who of them lives and adopts?"""


def new_parent(family, ends):
    def ancestors(name):
        up = family[name]["parent"]
        return ["init"] if up == "init" else [up, *ancestors(up)]

    dead = set()
    parents = {name: one["parent"] for name, one in family.items()}
    for name in ends:
        if ":" in name:
            continue
        dead.add(name)
        if family[name]["namespace"]:
            dead |= {other for other in family if name in ancestors(other)}
        for other, up in list(parents.items()):
            if up == name and other not in dead:
                line = above(parents, name)
                parents[other] = next(a for a in line if a == "init" or adopts(family[a]))
    return {name: up for name, up in parents.items() if name not in dead}


def above(parents, name):
    while name != "init":
        name = parents[name]
        yield name


def adopts(member):
    return member["subreaper"] or member["namespace"]
