"""Asks with SIGTERM.

misconception: M5.11
message: forks the next one
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
        if entry.isdigit() and comm == name:
            found[int(entry)] = text[text.rindex(b")") + 2 :].split()[0].decode()
    return found


def send(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def defuse(name):
    for _ in range(5):
        for pid in members(name):
            send(pid, signal.SIGTERM)
