"""Asks with waitpid: it collects its own zombie, and knows nothing of others.

misconception: M3.10
message: collected by a wait call
"""

import os


def is_running(pid):
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        pass
    try:
        with open(f"/proc/{pid}/status") as file:
            fields = dict(line.split(":", 1) for line in file)
    except OSError:
        return False
    return int(fields["Tgid"]) == pid and "Z" not in fields["State"]
