"""Nobody is left, and the handler raises.

misconception: M6.6
message: waitpid raises ChildProcessError
"""

import os
import signal


def install_reaper():
    collected = []

    def on_child(number, frame):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            collected.append((found[0], os.waitstatus_to_exitcode(found[1])))

    signal.signal(signal.SIGCHLD, on_child)
    return lambda: collected
