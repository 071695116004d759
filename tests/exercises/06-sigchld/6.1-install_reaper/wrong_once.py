"""One waitpid for one signal.

misconception: M6.1
message: a pending signal is pending once
"""

import os
import signal


def install_reaper():
    collected = []

    def on_child(number, frame):
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid:
            collected.append((pid, os.waitstatus_to_exitcode(status)))

    signal.signal(signal.SIGCHLD, on_child)
    return lambda: collected
