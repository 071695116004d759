"""Always nproc.

misconception: none
message: the group has reached its own limit
"""


def which_limit(seen):
    return "nproc"
