"""statm of a zombie says 0; there is no memory any more.

misconception: M2.2
message: for a zombie; None is right
"""

import os


def read_member(number, member):
    if member == "mm->total_vm":
        return int(open(f"/proc/{number}/statm").read().split()[0])

    s = dict(row.rstrip("\n").split(":\t", 1) for row in open(f"/proc/{number}/status"))
    f = open(f"/proc/{number}/stat").read().rpartition(")")[2].split()

    def m(t):
        return {i for i in range(1, 65) if int(t, 16) >> i - 1 & 1}

    return {
        "tgid": lambda: int(s["Tgid"]),
        "real_parent->tgid": lambda: int(s["PPid"]),
        "comm": lambda: s["Name"],
        "start_boottime": lambda: int(f[19]),
        "blocked": lambda: m(s["SigBlk"]),
        "pending": lambda: m(s["SigPnd"]),
        "signal->shared_pending": lambda: m(s["ShdPnd"]),
        "signal->nr_threads": lambda: int(s["Threads"]),
        "files": lambda: set(map(int, os.listdir(f"/proc/{number}/fd"))),
        "fs->pwd": lambda: os.readlink(f"/proc/{number}/cwd"),
        "exit_code": lambda: int(f[49]),
    }[member]()
