"""Waits for the zombie to learn how it ended.

misconception: M3.10
message: collected by a wait call
"""

import os

STATUS = {
    "tgid": "Tgid",
    "real_parent->tgid": "PPid",
    "signal->nr_threads": "Threads",
    "blocked": "SigBlk",
    "pending": "SigPnd",
    "signal->shared_pending": "ShdPnd",
}
ended = {}
STAT = {"start_boottime": 22, "exit_code": 52}


def read_member(number, member):
    here = f"/proc/{number}/"
    if member == "comm":
        return open(here + "comm").read().removesuffix("\n")
    if member == "files":
        return {int(name) for name in os.listdir(here + "fd")}
    if member == "fs->pwd":
        return os.readlink(here + "cwd")
    if member == "mm->total_vm":
        return int(open(here + "statm").read().split()[0]) or None
    if member == "exit_code":
        ended[number] = os.waitpid(number, 0)[1]
        return ended[number]
    if number in ended:
        return {"tgid": number, "real_parent->tgid": os.getpid()}.get(member)
    if member in STAT:
        return int(open(here + "stat").read().rpartition(")")[2].split()[STAT[member] - 3])
    lines = open(here + "status").read().splitlines()
    text = next(line for line in lines if line.startswith(STATUS[member] + ":")).split()[1]
    if len(text) < 16:
        return int(text)
    mask = int(text, 16)
    return {sig for sig in range(1, 65) if mask >> (sig - 1) & 1}
