"""Takes SIGCHLD for an end, and waits for it.

misconception: M6.4
message: had not come back
"""

import os
import signal


def events():
    told = []

    def on_child(number, frame):
        try:
            pid, status = os.wait()
            told.append((pid, "exited", os.WEXITSTATUS(status)))
        except ChildProcessError:
            pass

    signal.signal(signal.SIGCHLD, on_child)
    return lambda: told
