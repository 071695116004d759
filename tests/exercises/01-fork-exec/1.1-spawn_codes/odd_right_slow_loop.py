"""It asks again and again, with long naps."""

import os
import time


def spawn_codes(gates):
    pids = set()
    for g in gates:
        pid = os.fork()
        if pid == 0:
            os._exit(os.read(g, 1)[0])
        pids.add(pid)
    out = {}
    while pids:
        for p in list(pids):
            q, s = os.waitpid(p, os.WNOHANG)
            if q:
                out[q] = os.waitstatus_to_exitcode(s)
                pids.discard(q)
        time.sleep(0.4)
    return out
