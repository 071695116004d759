"""How the zombie ended comes from waitid, which may leave it there."""

import os

NAMES = ["Tgid", "PPid", "Threads", "SigBlk", "SigPnd", "ShdPnd"]
MEMBERS = "tgid real_parent->tgid signal->nr_threads blocked pending signal->shared_pending".split()


def read_member(number, member):
    if member == "exit_code":
        found = os.waitid(os.P_PID, number, os.WEXITED | os.WNOWAIT)
        return found.si_status << 8 if found.si_code == os.CLD_EXITED else found.si_status
    with open(f"/proc/{number}/status") as file:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    if member in MEMBERS[:3]:
        return int(status[NAMES[MEMBERS.index(member)]])
    if member in MEMBERS:
        bits = bin(int(status[NAMES[MEMBERS.index(member)]], 16))[:1:-1]
        return frozenset(place + 1 for place, bit in enumerate(bits) if bit == "1")
    if member == "mm->total_vm":
        return int(status["VmSize"].split()[0]) // 4 if "VmSize" in status else None
    return {
        "comm": lambda: status["Name"],
        "files": lambda: tuple(int(one.name) for one in os.scandir(f"/proc/{number}/fd")),
        "fs->pwd": lambda: os.readlink(f"/proc/{number}/cwd"),
        "start_boottime": lambda: int(
            open(f"/proc/{number}/stat").read().rpartition(")")[2].split()[19]
        ),
    }[member]()
