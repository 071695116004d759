"""Only the number.

misconception: M2.6
message: a number names a process only as long as it lives
"""

import os


def safe_kill(pid):
    os.kill(pid, 0)

    def send(sig):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        os.kill(pid, sig)
        return True

    return send
