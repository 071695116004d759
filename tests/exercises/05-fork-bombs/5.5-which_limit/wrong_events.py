"""Takes a counter of the past for the present.

misconception: M5.13
message: pids.events counts what was refused at any time
"""


def which_limit(seen):
    if seen["error"] == "ENOMEM":
        return "memory"
    if any(group["pids.events"] != "max 0\n" for group in seen["cgroups"]):
        return "cgroup"
    mine = [task for task in seen["tasks"] if task[0] == seen["uid"]]
    own = sum(threads for _, threads, _ in mine)
    row = next(line for line in seen["limits"].splitlines() if "Max processes" in line)
    soft, hard = row.split()[2:4]
    if seen["uid"] != 0 and not seen["capable"] and own >= int(soft):
        return "nproc"
    tasks = int(seen["loadavg"].split()[3].split("/")[1])
    return "threads_max" if tasks >= seen["threads_max"] else "pid_max"
