"""Lets ChildProcessError out, and loses what it had collected.

misconception: M6.6
message: not a failure
"""

import os


def reap_ready():
    codes = {}
    while True:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return codes
        codes[pid] = os.waitstatus_to_exitcode(status)
