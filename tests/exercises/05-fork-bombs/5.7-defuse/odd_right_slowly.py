"""One look, one signal, a nap: whoever stops all of them first need not be fast."""

import os
import signal
import time


def members(name):
    found = {}
    for p in os.listdir("/proc"):
        if p.isdigit():
            try:
                comm = open(f"/proc/{p}/comm").read()
                state = open(f"/proc/{p}/stat").read().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if comm == name + "\n" and state not in "ZX":
                found[int(p)] = state
    return found


def defuse(name):
    while running := [p for p, state in members(name).items() if state not in "Tt"]:
        os.kill(running[0], signal.SIGSTOP)
        time.sleep(0.15)
    for p in members(name):
        os.kill(p, signal.SIGKILL)
