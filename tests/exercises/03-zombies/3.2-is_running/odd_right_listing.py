"""Only processes are listed in /proc; the state stands behind the last parenthesis."""

import os
import re


def is_running(pid):
    if str(pid) not in os.listdir("/proc"):
        return False
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            state = re.match(rb".*\) (\w) ", file.read(), re.DOTALL)
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state is not None and state[1] not in (b"Z", b"X")
