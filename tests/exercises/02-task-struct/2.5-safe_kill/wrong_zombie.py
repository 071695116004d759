"""Does not see that a zombie has ended.

misconception: M2.8
message: a zombie takes every signal
"""

import os
import signal


def safe_kill(pid):
    target = os.pidfd_open(pid)

    def send(sig):
        try:
            signal.pidfd_send_signal(target, sig)
        except ProcessLookupError:
            return False
        return True

    return send
