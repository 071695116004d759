"""Only the children that were there at first are asked for.

misconception: none
message: stayed zombies
"""

import os
import signal


def install_reaper():
    done = []
    kids = [int(p) for p in open(f"/proc/self/task/{os.getpid()}/children").read().split()]

    def h(n, f):
        for k in kids[:]:
            p, st = os.waitpid(k, os.WNOHANG)
            if p:
                kids.remove(k)
                done.append((p, os.waitstatus_to_exitcode(st)))

    signal.signal(signal.SIGCHLD, h)
    return lambda: done
