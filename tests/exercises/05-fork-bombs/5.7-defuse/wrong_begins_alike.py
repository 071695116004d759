"""A pattern that finds others as well.

misconception: none
message: A pattern finds more
"""

import os
import signal


def members(name):
    found = {}
    for entry in os.listdir("/proc"):
        try:
            with open(f"/proc/{entry}/stat", "rb") as file:
                text = file.read()
        except OSError:
            continue
        comm = text[text.index(b"(") + 1 : text.rindex(b")")].decode(errors="replace")
        if entry.isdigit() and comm.startswith(name):
            found[int(entry)] = text[text.rindex(b")") + 2 :].split()[0].decode()
    return found


def send(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def defuse(name):
    while running := [pid for pid, state in members(name).items() if state not in "TZX"]:
        for pid in running:
            send(pid, signal.SIGSTOP)
    for pid in members(name):
        send(pid, signal.SIGKILL)
