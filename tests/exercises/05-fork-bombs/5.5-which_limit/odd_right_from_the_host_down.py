"""The whole host first, then the groups from the outside in; what is left is the user."""


def full(group):
    return group["pids.max"].strip().isdigit() and int(group["pids.max"]) <= int(
        group["pids.current"]
    )


def which_limit(seen):
    there = int(seen["loadavg"].rpartition("/")[2].split()[0])
    if seen["error"] == "ENOMEM":
        return "memory"
    if there + 1 > seen["threads_max"]:
        return "threads_max"
    if there + 1 >= seen["pid_max"]:
        return "pid_max"
    return "cgroup" if any(map(full, reversed(seen["cgroups"]))) else "nproc"
