"""With a process all its children end.

misconception: M4.4
message: no signal is sent to children
"""


def new_parent(family, ends):
    gone = set()
    for name, one in family.items():
        if name in ends or one["parent"] in gone:
            gone.add(name)
    return {name: one["parent"] for name, one in family.items() if name not in gone}
