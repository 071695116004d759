"""The right target, but all of its process group is hit.

misconception: none
message: was ended
"""

import os
import select


def safe_kill(pid):
    fd = os.pidfd_open(pid)

    def send(sig):
        if select.select([fd], [], [], 0)[0]:
            return False
        os.killpg(os.getpgid(pid), sig)
        return True

    return send
