"""Takes a stopped child for one that has ended.

misconception: M6.4
message: nobody with such a pid has ended
"""

import os
import signal


def install_reaper():
    collected = []

    def on_child(number, frame):
        try:
            while (found := os.waitpid(-1, os.WNOHANG | os.WUNTRACED))[0]:
                collected.append((found[0], found[1] >> 8))
        except ChildProcessError:
            return

    signal.signal(signal.SIGCHLD, on_child)
    return lambda: collected
