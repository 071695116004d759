"""Calls waitpid once.

misconception: M3.9
message: one wait collects one child
"""

import os


def reap_ready():
    try:
        pid, status = os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return {}
    return {pid: os.waitstatus_to_exitcode(status)} if pid else {}
