"""The topmost subreaper takes all.

misconception: none
message: the nearest
"""


def new_parent(family, ends):
    parent = {name: one["parent"] for name, one in family.items()}
    for end in ends:
        if end not in parent:
            continue
        up, taker = parent.pop(end), "init"
        while up != "init":
            if family[up]["subreaper"] or family[up]["namespace"]:
                taker = up
            up = parent[up]
        parent |= {name: taker for name in parent if parent[name] == end}
    return parent
