"""A small model of the kernel, with objects that point at their parents."""


class Process:
    def __init__(self, name, parent, subreaper, reaper):
        self.name, self.parent, self.subreaper = name, parent, subreaper
        self.namespace = reaper or self
        self.children, self.alive = [], True
        if parent:
            parent.children.append(self)

    def exit(self):
        self.alive = False
        for other in list(everybody):
            if other.namespace is self and other is not self:
                other.alive = False
        heir = self.parent
        while not (heir.subreaper or heir is self.namespace):
            heir = heir.parent
        for child in self.children:
            if child.alive:
                child.parent = heir
                heir.children.append(child)


everybody = []


def new_parent(family, ends):
    init = Process("init", None, True, None)
    everybody[:] = []
    by_name = {"init": init}
    for name, one in family.items():
        parent = by_name[one["parent"]]
        reaper = None if one["namespace"] else parent.namespace
        by_name[name] = Process(name, parent, one["subreaper"], reaper)
        everybody.append(by_name[name])
    for name in ends:
        if name in by_name:
            by_name[name].exit()
    return {p.name: p.parent.name for p in everybody if p.alive}
