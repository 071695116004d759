"""It sleeps for a while, and takes who is ready then.

misconception: M4.5
message: you did not wait for them
"""

import ctypes
import os
import time


def adopt(commands):
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
    own = set()
    for c in commands:
        own.add(os.spawnvp(os.P_NOWAIT, c[0], c))
    time.sleep(2.5)
    out = {}
    try:
        while (x := os.waitpid(-1, os.WNOHANG))[0]:
            if x[0] not in own:
                out[x[0]] = os.waitstatus_to_exitcode(x[1])
    except ChildProcessError:
        pass
    return out
