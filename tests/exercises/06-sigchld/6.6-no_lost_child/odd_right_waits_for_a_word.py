"""The child waits at a pipe until its pid is noted: so it cannot be faster."""

import os
import signal


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
        r, w = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(w)
            os.read(r, 1)
            os.execvp(argv[0], argv)
        os.close(r)
        table[pid] = None
        os.close(w)
        return pid

    return jobs
