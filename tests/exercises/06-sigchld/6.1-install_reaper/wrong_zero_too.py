"""Notes the answer that there is nobody, too.

misconception: M6.6
message: which is no child
"""

import os
import signal


def install_reaper():
    collected = []

    def on_child(number, frame):
        try:
            pid = -1
            while pid:
                pid, status = os.waitpid(-1, os.WNOHANG)
                collected.append((pid, os.waitstatus_to_exitcode(status)))
        except ChildProcessError:
            return

    signal.signal(signal.SIGCHLD, on_child)
    return lambda: collected
