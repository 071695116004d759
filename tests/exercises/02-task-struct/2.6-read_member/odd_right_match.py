"""One case for each member; signals as an enumeration."""

import os
import signal
from enum import IntEnum


class N(IntEnum):
    A = 1


def status(n):
    with open(f"/proc/{n}/status") as f:
        return dict(row.rstrip("\n").split(":\t", 1) for row in f)


def mask(t):
    return {signal.Signals(i) if i < 32 else i for i in range(1, 65) if int(t, 16) & 1 << i - 1}


def read_member(number, member):
    s = status(number)
    match member:
        case "tgid":
            return int(s["Tgid"])
        case "real_parent->tgid":
            return int(s["PPid"])
        case "comm":
            return s["Name"]
        case "start_boottime":
            return int(open(f"/proc/{number}/stat").read().rpartition(")")[2].split()[19])
        case "blocked":
            return mask(s["SigBlk"])
        case "pending":
            return mask(s["SigPnd"])
        case "signal->shared_pending":
            return mask(s["ShdPnd"])
        case "signal->nr_threads":
            return int(s["Threads"])
        case "files":
            return {int(e.name) for e in os.scandir(f"/proc/{number}/fd")}
        case "fs->pwd":
            return os.path.realpath(f"/proc/{number}/cwd")
        case "mm->total_vm":
            return int(open(f"/proc/{number}/statm").read().split()[0]) or None
        case "exit_code":
            return int(open(f"/proc/{number}/stat").read().split()[-1])
