"""Looks with WNOWAIT before it takes."""

import os


def reap_ready():
    codes = {}
    try:
        while found := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            pid, status = os.waitpid(found.si_pid, 0)
            codes[pid] = os.waitstatus_to_exitcode(status)
    except ChildProcessError:
        pass
    return codes
