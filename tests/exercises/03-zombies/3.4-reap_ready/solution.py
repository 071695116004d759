"""The expected solution: waitpid with WNOHANG until it says 0, or that there is no child."""

import os


def reap_ready():
    codes = {}
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return codes
        if pid == 0:
            return codes
        codes[pid] = os.waitstatus_to_exitcode(status)
