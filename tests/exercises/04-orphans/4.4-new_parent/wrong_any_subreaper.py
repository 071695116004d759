"""Any subreaper will do, also one beside the line.

misconception: none
message: ancestors only
"""


def new_parent(family, ends):
    parent = {name: one["parent"] for name, one in family.items()}
    for end in ends:
        if end not in parent:
            continue
        del parent[end]
        takers = [name for name in parent if family[name]["subreaper"]]
        taker = takers[-1] if takers else "init"
        parent |= {name: taker for name in parent if parent[name] == end}
    return parent
