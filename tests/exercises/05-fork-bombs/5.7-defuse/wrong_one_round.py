"""One round of SIGKILL.

misconception: M5.11
message: stop all of them before you end the first
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
    for pid in members(name):
        send(pid, signal.SIGKILL)
