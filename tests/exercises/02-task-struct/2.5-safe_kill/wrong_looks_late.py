"""Opens the pidfd when it sends: by then it is somebody else's.

misconception: M2.6
message: hit the other one
"""

import os
import select
import signal


def safe_kill(pid):
    os.close(os.pidfd_open(pid))

    def send(sig):
        try:
            target = os.pidfd_open(pid)
        except ProcessLookupError:
            return False
        if select.select([target], [], [], 0)[0]:
            return False
        signal.pidfd_send_signal(target, sig)
        return True

    return send
