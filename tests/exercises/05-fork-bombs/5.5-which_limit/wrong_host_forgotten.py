"""Knows of users and groups only.

misconception: none
message: have reached threads-max
"""


def which_limit(seen):
    for group in seen["cgroups"]:
        if group["pids.max"] == group["pids.current"]:
            return "cgroup"
    return "nproc"
