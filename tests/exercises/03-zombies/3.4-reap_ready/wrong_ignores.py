"""Lets the kernel throw the children away.

misconception: none
message: still there
"""

import signal


def reap_ready():
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    return []
