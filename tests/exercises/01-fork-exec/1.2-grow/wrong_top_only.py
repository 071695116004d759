"""Makes the processes of the first level only.

misconception: none
message: the keys below a name are processes as well
"""

import os
import signal


def grow(tree):
    pids = []
    for _ in tree:
        pid = os.fork()
        if pid == 0:
            signal.pause()
        pids.append(pid)

    def fell():
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    return fell
