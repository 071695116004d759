"""Takes every news for an end.

misconception: M6.4
message: told of it
"""

import os
import signal


def events():
    told = []

    def on_child(number, frame):
        try:
            while (found := os.waitpid(-1, os.WNOHANG | os.WUNTRACED))[0]:
                pid, status = found
                if os.WIFEXITED(status):
                    told.append((pid, "exited", os.WEXITSTATUS(status)))
                else:
                    told.append((pid, "signaled", os.WTERMSIG(status) & 63))
        except ChildProcessError:
            pass

    signal.signal(signal.SIGCHLD, on_child)
    return lambda: told
