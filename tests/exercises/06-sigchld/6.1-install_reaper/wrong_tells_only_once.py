"""What was told once is forgotten.

misconception: none
message: it takes nothing away
"""

import os
import signal


def install_reaper():
    done = []

    def h(n, f):
        try:
            while (x := os.waitpid(-1, os.WNOHANG))[0]:
                done.append((x[0], os.waitstatus_to_exitcode(x[1])))
        except ChildProcessError:
            pass

    signal.signal(signal.SIGCHLD, h)

    def seen():
        out = done[:]
        done.clear()
        return out

    return seen
