"""Everybody keeps its parent, the dead too.

misconception: none
message: only the living adopt
"""


def new_parent(family, ends):
    return {name: one["parent"] for name, one in family.items()} | {end: "init" for end in ends}
