"""The child sleeps before exec, so that it is not too fast.

misconception: M6.7
message: the handler ran before
"""

import os
import signal
import time


def no_lost_child():
    table = {}

    def h(*_):
        try:
            while (x := os.waitpid(-1, os.WNOHANG))[0]:
                if x[0] in table:
                    table[x[0]] = os.waitstatus_to_exitcode(x[1])
        except ChildProcessError:
            pass

    signal.signal(signal.SIGCHLD, h)

    def jobs(argv=None):
        if argv is None:
            return table
        pid = os.fork()
        if pid == 0:
            time.sleep(2)
            os.execvp(argv[0], argv)
        table[pid] = None
        return pid

    return jobs
