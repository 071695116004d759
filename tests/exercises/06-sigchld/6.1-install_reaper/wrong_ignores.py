"""Lets the kernel do it.

misconception: M3.7
message: SIGCHLD is ignored
"""

import signal


def install_reaper():
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    return lambda: []
