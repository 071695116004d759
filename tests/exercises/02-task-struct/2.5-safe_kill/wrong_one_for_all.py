"""Keeps one target only: the last one.

misconception: none
message: no signal has come
"""

import os
import signal

target = None


def safe_kill(pid):
    global target
    target = os.pidfd_open(pid)

    def send(sig):
        try:
            signal.pidfd_send_signal(target, sig)
        except ProcessLookupError:
            return False
        return True

    return send
