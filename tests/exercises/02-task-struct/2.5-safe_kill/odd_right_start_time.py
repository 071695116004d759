"""Pid and start time, looked at right before the kill: exact but for a tiny gap."""

import os


def look(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        raise ProcessLookupError(pid) from None
    return fields[0], fields[19]


def safe_kill(pid):
    _, start = look(pid)

    def send(sig):
        try:
            state, now = look(pid)
            if now != start or state in "ZX":
                return False
            os.kill(pid, sig)
        except ProcessLookupError:
            return False
        return True

    return send
