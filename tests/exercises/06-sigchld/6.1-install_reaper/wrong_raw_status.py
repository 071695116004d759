"""The wait status as it is.

misconception: M3.5
message: that is the wait status
"""

import os
import signal


def install_reaper():
    collected = []

    def on_child(number, frame):
        try:
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                collected.append(found)
        except ChildProcessError:
            return

    signal.signal(signal.SIGCHLD, on_child)
    return lambda: collected
