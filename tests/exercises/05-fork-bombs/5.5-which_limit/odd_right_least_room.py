"""The limit with the least room left."""

import re


def which_limit(seen):
    if seen["error"] != "EAGAIN":
        return "memory"
    room = {}
    tasks = sum(threads for _, threads, _ in seen["tasks"])
    room["threads_max"] = seen["threads_max"] - tasks
    room["pid_max"] = seen["pid_max"] - 1 - tasks
    soft = re.search(r"Max processes\s+(\d+)", seen["limits"])
    if soft and seen["uid"] != 0 and not seen["capable"]:
        own = [threads for uid, threads, _ in seen["tasks"] if uid == seen["uid"]]
        room["nproc"] = int(soft[1]) - sum(own)
    for group in seen["cgroups"]:
        if group["pids.max"] != "max\n":
            left = int(group["pids.max"]) - int(group["pids.current"])
            room["cgroup"] = min(left, room.get("cgroup", left))
    return min(room, key=room.get)
