"""waitid says in si_code what has happened."""

import os
import signal

WORDS = {
    os.CLD_EXITED: "exited",
    os.CLD_KILLED: "signaled",
    os.CLD_DUMPED: "signaled",
    os.CLD_STOPPED: "stopped",
    os.CLD_CONTINUED: "continued",
}
ALL = os.WEXITED | os.WSTOPPED | os.WCONTINUED | os.WNOHANG


def events():
    told = []

    def on_child(number, frame):
        try:
            while (one := os.waitid(os.P_ALL, 0, ALL)) is not None:
                told.append([one.si_pid, WORDS[one.si_code], one.si_status])
        except ChildProcessError:
            pass

    signal.signal(signal.SIGCHLD, on_child)
    return lambda: told
