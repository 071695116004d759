"""Leaves a helper that goes on.

misconception: none
message: whatever you start has to be gone
"""

import os
import signal
import time


def names(name):
    for entry in os.listdir("/proc"):
        try:
            text = open(f"/proc/{entry}/stat").read()
        except OSError:
            continue
        if f"({name})" in text:
            yield int(entry), text.rpartition(")")[2].split()[0]


def defuse(name):
    if os.fork() == 0:
        time.sleep(60)
        os._exit(0)
    while running := [pid for pid, state in names(name) if state not in "TZX"]:
        for pid in running:
            os.kill(pid, signal.SIGSTOP)
    for pid, _ in list(names(name)):
        os.kill(pid, signal.SIGKILL)
