"""Functions instead of a table, and all files below task/TID."""

import os
import re
import signal


def read_member(number, member):
    main = re.search(r"^Tgid:\s+(\d+)", text(number, "status"), flags=re.M)[1]
    place = f"{main}/task/{number}"
    last = member.split(">")[-1]
    if last in ("blocked", "pending", "shared_pending"):
        name = {"blocked": "SigBlk", "pending": "SigPnd", "shared_pending": "ShdPnd"}[last]
        mask = int(field(place, name), 16)
        return [int(sig) for sig in signal.valid_signals() if mask & 1 << sig - 1]
    if member == "files":
        return sorted(map(int, os.listdir(f"/proc/{place}/fd")))
    if member == "fs->pwd":
        return os.path.realpath(f"/proc/{place}/cwd")
    if member == "mm->total_vm":
        size = field(place, "VmSize")
        return int(size.split()[0]) // (os.sysconf("SC_PAGE_SIZE") // 1024) if size else None
    if member == "comm":
        return text(place, "comm")[:-1]
    if member == "real_parent->tgid":
        return int(field(place, "PPid"))
    if member == "signal->nr_threads":
        return len(os.listdir(f"/proc/{main}/task"))
    if member == "tgid":
        return int(main)
    fields = text(place, "stat").rsplit(")", 1)[1].split()
    return int(fields[-1] if member == "exit_code" else fields[19])


def text(place, name):
    with open(f"/proc/{place}/{name}") as file:
        return file.read()


def field(place, name):
    found = re.search(rf"^{name}:\s*(.*)$", text(place, "status"), flags=re.M)
    return found and found[1]
