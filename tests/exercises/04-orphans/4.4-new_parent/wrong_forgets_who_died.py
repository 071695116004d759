"""Goes up the lines of the beginning, past those that have ended.

misconception: none
message: only the living adopt
"""


def new_parent(family, ends):
    parent = {name: one["parent"] for name, one in family.items()}
    gone = set(end for end in ends if end in family)
    inside = {name for name in gone if family[name]["namespace"]}
    for name in family:
        if family[name]["parent"] in inside:
            inside.add(name)
    for name in parent:
        if parent[name] in gone:
            up = family[parent[name]]["parent"]
            while up != "init" and not (family[up]["subreaper"] or family[up]["namespace"]):
                up = family[up]["parent"]
            parent[name] = up
    return {name: up for name, up in parent.items() if name not in gone | inside}
