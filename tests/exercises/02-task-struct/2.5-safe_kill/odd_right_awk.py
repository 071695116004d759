"""The start time again, found by another program."""

import functools
import os
import subprocess


def identity(pid):
    """State and start time in ticks since the boot, as awk finds them behind the name."""
    script = '{ sub(/.*\\)/, ""); print $1, $20 }'
    done = subprocess.run(["awk", script, f"/proc/{pid}/stat"], capture_output=True, text=True)
    return done.stdout.split()


def safe_kill(pid):
    found = identity(pid)
    if not found:
        raise ProcessLookupError("nobody")
    return functools.partial(send, pid, found[1])


def send(pid, start, sig):
    found = identity(pid)
    if not found or found[1] != start or found[0] == "Z":
        return False
    os.kill(pid, sig)
    return True
