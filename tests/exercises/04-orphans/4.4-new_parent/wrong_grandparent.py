"""The grandparent adopts.

misconception: M4.2
message: being the grandparent is no reason
"""


def new_parent(family, ends):
    parent = {name: one["parent"] for name, one in family.items()}
    for end in ends:
        if end in parent:
            up = parent.pop(end)
            parent |= {name: up for name in parent if parent[name] == end}
    return parent
