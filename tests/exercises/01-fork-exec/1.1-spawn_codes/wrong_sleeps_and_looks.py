"""It sleeps for two seconds, and asks for each child once.

misconception: none
message: has guessed
"""

import os
import time


def spawn_codes(gates):
    pids = []
    for g in gates:
        pid = os.fork()
        if pid == 0:
            os._exit(os.read(g, 1)[0])
        pids.append(pid)
    time.sleep(2)
    out = {}
    for p in pids:
        q, s = os.waitpid(p, os.WNOHANG)
        if q:
            out[q] = os.waitstatus_to_exitcode(s)
    return out
