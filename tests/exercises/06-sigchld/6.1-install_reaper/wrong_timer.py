"""A timer asks, ten times a second.

misconception: M3.10
message: it woke up
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

    signal.signal(signal.SIGALRM, h)
    signal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)
    return lambda: done
