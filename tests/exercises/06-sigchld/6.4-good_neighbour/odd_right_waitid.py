"""waitid for each of its own, and the old handler after that."""

import os
import signal


def good_neighbour(commands):
    mine, codes = set(), {}
    old = signal.getsignal(signal.SIGCHLD)

    def h(n, f):
        for pid in list(mine):
            try:
                r = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG)
            except ChildProcessError:
                mine.discard(pid)
                continue
            if r:
                mine.discard(pid)
                codes[pid] = r.si_status if r.si_code == os.CLD_EXITED else -r.si_status
        if callable(old):
            old(n, f)

    signal.signal(signal.SIGCHLD, h)
    for c in commands:
        mine.add(os.posix_spawnp(c[0], c, os.environ))
    h(17, None)
    return lambda: dict(codes)
