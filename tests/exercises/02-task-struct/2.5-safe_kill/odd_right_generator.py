"""A generator keeps the pidfd."""

import os
import select
import signal


def aim(pid):
    fd = os.pidfd_open(pid)
    sig = yield
    while True:
        if select.select([fd], [], [], 0)[0]:
            sig = yield False
        else:
            signal.pidfd_send_signal(fd, sig)
            sig = yield True


def safe_kill(pid):
    g = aim(pid)
    next(g)
    return g.send
