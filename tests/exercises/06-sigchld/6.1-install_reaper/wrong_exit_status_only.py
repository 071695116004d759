"""Takes every end for an exit.

misconception: M3.6
message: ended it, so -
"""

import os
import signal


def install_reaper():
    collected = []

    def on_child(number, frame):
        try:
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                collected.append((found[0], os.WEXITSTATUS(found[1])))
        except ChildProcessError:
            return

    signal.signal(signal.SIGCHLD, on_child)
    return lambda: collected
