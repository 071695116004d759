"""The time of /proc/PID tells processes apart, and not the living from the dead.

misconception: M2.8
message: a zombie takes every signal
"""

import os


def safe_kill(pid):
    try:
        t = os.stat(f"/proc/{pid}").st_ctime
    except OSError:
        raise ProcessLookupError

    def send(sig):
        try:
            if os.stat(f"/proc/{pid}").st_ctime != t:
                return False
            os.kill(pid, sig)
        except OSError:
            return False
        return True

    return send
