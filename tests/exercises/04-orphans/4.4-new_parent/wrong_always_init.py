"""Init adopts, always.

misconception: M4.1
message: on the way up to init there is a subreaper
"""


def new_parent(family, ends):
    parent = {name: one["parent"] for name, one in family.items()}
    for end in ends:
        if end in parent:
            del parent[end]
            parent |= {name: "init" for name in parent if parent[name] == end}
    return parent
