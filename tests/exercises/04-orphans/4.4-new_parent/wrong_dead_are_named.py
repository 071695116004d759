"""Right about the living, but names the dead too.

misconception: none
message: is in the answer, and lives no more
"""


def new_parent(family, ends):
    parent = {name: one["parent"] for name, one in family.items()}
    dead = {}
    for end in ends:
        if end not in parent:
            continue
        up = dead[end] = parent.pop(end)
        while up != "init" and not (family[up]["subreaper"] or family[up]["namespace"]):
            up = parent[up]
        parent |= {name: up for name in parent if parent[name] == end}
    return parent | dead
