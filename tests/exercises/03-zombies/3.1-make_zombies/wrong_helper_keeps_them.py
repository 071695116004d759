"""The zombies are there, but they are the children of a helper that lives on.

misconception: none
message: the parent of a zombie is who forked it
"""

import os
import signal


def make_zombies(n):
    helper = os.fork()
    if helper == 0:
        for _ in range(n):
            if os.fork() == 0:
                os._exit(0)
        while True:
            signal.pause()

    def release():
        os.kill(helper, signal.SIGKILL)
        os.waitpid(helper, 0)

    return release
