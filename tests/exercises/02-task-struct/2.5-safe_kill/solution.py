"""The expected solution: the pidfd is opened at once and kept."""

import os
import select
import signal


def safe_kill(pid):
    target = os.pidfd_open(pid)

    def send(sig):
        if select.select([target], [], [], 0)[0]:
            return False  # it has ended; it may still be a zombie
        try:
            signal.pidfd_send_signal(target, sig)
        except ProcessLookupError:
            return False
        return True

    return send
