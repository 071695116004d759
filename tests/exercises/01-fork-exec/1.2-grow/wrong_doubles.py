"""Parent and child both go on in the loop.

misconception: M3.11
message: unless it leaves the loop
"""

import os
import signal


def grow(tree):
    mother = os.getpid()
    pids = []
    for _ in tree:
        for _ in range(2):
            pid = os.fork()
            if pid:
                pids.append(pid)
    if os.getpid() != mother:
        signal.pause()
    return lambda: None
