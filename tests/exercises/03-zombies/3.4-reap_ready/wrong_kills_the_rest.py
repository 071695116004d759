"""Ends the living, to have them collected as well.

misconception: none
message: nobody asked you to end anyone
"""

import os
import signal


def reap_ready():
    with open(f"/proc/self/task/{os.getpid()}/children") as file:
        children = [int(word) for word in file.read().split()]
    codes = {}
    for pid in children:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            codes[pid] = os.waitstatus_to_exitcode(status)
        else:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    return codes
