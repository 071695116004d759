"""All descendants go to the one that adopts.

misconception: M4.3
message: not their children
"""


def new_parent(family, ends):
    parent = {name: one["parent"] for name, one in family.items()}
    for end in ends:
        if end not in parent:
            continue
        below = {end}
        for name in parent:
            if parent[name] in below:
                below.add(name)
        del parent[end]
        parent |= {name: "init" for name in below if name in parent}
    return parent
