"""Ends the first one: its children will go with it.

misconception: none
message: all processes whose
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
    send(min(members(name)), signal.SIGKILL)
