"""The expected solution: every limit that could be met, one after the other."""


def which_limit(seen):
    if seen["error"] == "ENOMEM":
        return "memory"
    own = sum(threads for uid, threads, state in seen["tasks"] if uid == seen["uid"])
    for line in seen["limits"].splitlines():
        if line.startswith("Max processes"):
            soft = line.split()[2]
    exempt = seen["uid"] == 0 or seen["capable"]
    if not exempt and soft != "unlimited" and own >= int(soft):
        return "nproc"
    for group in seen["cgroups"]:
        most = group["pids.max"].strip()
        if most != "max" and int(group["pids.current"]) >= int(most):
            return "cgroup"
    tasks = int(seen["loadavg"].split()[3].split("/")[1])
    return "threads_max" if tasks >= seen["threads_max"] else "pid_max"
