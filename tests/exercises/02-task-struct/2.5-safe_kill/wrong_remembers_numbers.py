"""A dict by number: who was aimed at once is known for ever.

misconception: M2.6
message: each call of safe_kill aims anew
"""

import os
import select
import signal

known = {}


def safe_kill(pid):
    if pid not in known:
        known[pid] = os.pidfd_open(pid)

    def send(sig):
        if select.select([known[pid]], [], [], 0)[0]:
            return False
        signal.pidfd_send_signal(known[pid], sig)
        return True

    return send
