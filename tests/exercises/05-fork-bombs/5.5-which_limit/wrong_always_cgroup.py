"""Always the group.

misconception: none
message: have reached its soft limit
"""


def which_limit(seen):
    return "cgroup"
