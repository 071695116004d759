"""The expected solution: for each end, go up from it to the first that adopts."""


def new_parent(family, ends):
    parent = {name: one["parent"] for name, one in family.items()}

    def adopts(name):
        return name == "init" or family[name]["subreaper"] or family[name]["namespace"]

    def end(name):
        up = parent.pop(name)
        children = [child for child in parent if parent[child] == name]
        if family[name]["namespace"]:
            for child in [child for child in parent if inside(child, name)]:
                parent.pop(child, None)
            return
        while not adopts(up):
            up = parent[up]
        for child in children:
            parent[child] = up

    def inside(child, first):
        while child != "init":
            child = family[child]["parent"]
            if child == first:
                return True
        return False

    for name in ends:
        if name in family:  # the end of a thread changes nothing: the other thread lives
            end(name)
    return parent
