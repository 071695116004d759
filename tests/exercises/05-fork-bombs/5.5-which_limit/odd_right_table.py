"""A table of rules, each a function of the snapshot."""


def column(seen, name, number):
    row = [line for line in seen["limits"].split("\n") if line[:25].strip() == name]
    return row[0][25:].split()[number]


def own(seen):
    return sum(t[1] for t in seen["tasks"] if t[0] == seen["uid"])


RULES = [
    ("memory", lambda s: s["error"] == "ENOMEM"),
    ("threads_max", lambda s: sum(t[1] for t in s["tasks"]) >= s["threads_max"]),
    ("pid_max", lambda s: sum(t[1] for t in s["tasks"]) >= s["pid_max"] - 1),
    (
        "cgroup",
        lambda s: any(g["pids.max"].strip() == g["pids.current"].strip() for g in s["cgroups"]),
    ),
    ("nproc", lambda s: own(s) >= float(column(s, "Max processes", 0).replace("unlimited", "inf"))),
]


def which_limit(seen):
    return next(name for name, rule in RULES if rule(seen))
