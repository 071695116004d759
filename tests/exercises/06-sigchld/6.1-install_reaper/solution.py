"""The expected solution: a handler that collects in a loop."""

import os
import signal


def install_reaper():
    collected = []

    def on_child(number, frame):
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return  # no child is left
            if pid == 0:
                return  # those that are left live
            collected.append((pid, os.waitstatus_to_exitcode(status)))

    signal.signal(signal.SIGCHLD, on_child)
    return lambda: collected
