"""The end of a thread orphans the children that it forked.

misconception: M4.13
message: not to the thread that forked it
"""


def new_parent(family, ends):
    parent = {name: one["parent"] for name, one in family.items()}
    for end in ends:
        if ":" in end:
            owner = end.partition(":")[0]
            parent |= {n: "init" for n in parent if parent[n] == owner and family[n]["thread"]}
            continue
        up = parent.pop(end)
        while up != "init" and not (family[up]["subreaper"] or family[up]["namespace"]):
            up = parent[up]
        gone = {end} if family[end]["namespace"] else set()
        for name in list(parent):
            if parent[name] in gone:
                gone.add(name)
                del parent[name]
            elif parent[name] == end:
                parent[name] = up
    return parent
