"""Ends all whose children come and go, so that nothing vanishes, and handles no exception.

misconception: none
message: gone or stopped: a signal did that
"""

import os
import signal


def stat(pid):
    return open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()


def find_zombies():
    found = []
    pids = [int(pid) for pid in os.listdir("/proc") if pid.isdigit()]
    fields = {pid: stat(pid) for pid in pids}
    parents = {int(fields[pid][1]) for pid in pids if fields[pid][0] != "Z"}
    for pid in parents - {0, 1, os.getpid()}:
        os.kill(pid, signal.SIGKILL)
    for pid in pids:
        if fields[pid][0] == "Z" and fields[pid][17] == "1":
            name = open(f"/proc/{fields[pid][1]}/comm").read().removesuffix("\n")
            found.append((pid, int(fields[pid][1]), name))
    return found
