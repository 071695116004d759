"""Collects one, and asks again from within."""

import os
import signal

seen = []


def collect(*_):
    try:
        pid, status = os.waitpid(-1, os.WNOHANG)
    except OSError:
        return
    if pid:
        seen.append([pid, os.waitstatus_to_exitcode(status)])
        collect()


def install_reaper():
    signal.signal(signal.SIGCHLD, collect)
    collect()  # who has ended before the handler was there

    def told():
        return [*seen]

    return told
