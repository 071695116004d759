"""Waits in the handler until nobody is left.

misconception: M3.10
message: a handler that waits for the living
"""

import os
import signal


def install_reaper():
    collected = []

    def on_child(number, frame):
        try:
            while True:
                pid, status = os.wait()
                collected.append((pid, os.waitstatus_to_exitcode(status)))
        except ChildProcessError:
            return

    signal.signal(signal.SIGCHLD, on_child)
    return lambda: collected
