"""One blocking wait, then the loop: a stopped child is enough to hang.

misconception: M6.4
message: does not answer any more
"""

import os
import signal


def install_reaper():
    collected = []

    def on_child(number, frame):
        try:
            pid, status = os.wait()
            while pid:
                collected.append((pid, os.waitstatus_to_exitcode(status)))
                pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return

    signal.signal(signal.SIGCHLD, on_child)
    return lambda: collected
