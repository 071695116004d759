"""The dead do not count.

misconception: M5.9
message: a zombie counts until it is reaped
"""


def which_limit(seen):
    if seen["error"] == "ENOMEM":
        return "memory"
    mine = [task for task in seen["tasks"] if task[0] == seen["uid"]]
    own = sum(threads for _, threads, state in mine if state != "Z")
    row = next(line for line in seen["limits"].splitlines() if "Max processes" in line)
    soft, hard = row.split()[2:4]
    if seen["uid"] != 0 and not seen["capable"] and own >= int(soft):
        return "nproc"
    for group in seen["cgroups"]:
        if group["pids.max"] != "max\n" and int(group["pids.current"]) >= int(group["pids.max"]):
            return "cgroup"
    tasks = int(seen["loadavg"].split()[3].split("/")[1])
    return "threads_max" if tasks >= seen["threads_max"] else "pid_max"
