"""Each of them leads a group of its own: signals to groups, the rest as usual."""

import os
import signal
import time


def look(name):
    for pid in [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]:
        try:
            fields = dict(
                line.rstrip("\n").split(":\t", 1)
                for line in open(f"/proc/{pid}/status")
                if ":\t" in line
            )
        except (OSError, ValueError):
            continue
        if fields.get("Name") == name and fields["State"][0] not in "ZX":
            yield pid, fields["State"][0]


def defuse(name):
    rounds = 0
    while rounds < 3:
        awake = [pid for pid, state in look(name) if state not in "Tt"]
        rounds = 0 if awake else rounds + 1
        for pid in awake:
            try:
                os.killpg(pid, signal.SIGSTOP)
            except ProcessLookupError:
                pass
        time.sleep(0.005)
    for pid, _ in list(look(name)):
        os.killpg(pid, signal.SIGKILL)
