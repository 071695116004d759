"""The expected solution: stop until nobody runs, then end all of them."""

import os
import signal


def members(name):
    found = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", "rb") as file:
                text = file.read()
        except OSError:
            continue
        comm = text[text.index(b"(") + 1 : text.rindex(b")")].decode(errors="replace")
        state = text[text.rindex(b")") + 2 :].split()[0].decode()
        if comm == name and state not in "ZX":
            found[int(entry)] = state
    return found


def send(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def defuse(name):
    while running := [pid for pid, state in members(name).items() if state != "T"]:
        for pid in running:
            send(pid, signal.SIGSTOP)
    while left := members(name):
        for pid in left:
            send(pid, signal.SIGKILL)
