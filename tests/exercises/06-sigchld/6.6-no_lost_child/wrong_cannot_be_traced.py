"""Hides from the check, so that luck decides.

misconception: none
message: could be traced before your code was loaded
"""

import ctypes
import os
import signal


def no_lost_child():
    ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)  # not dumpable: nobody may trace it
    table = {}

    def on_child(number, frame):
        try:
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                table[found[0]] = os.waitstatus_to_exitcode(found[1])
        except ChildProcessError:
            pass

    def jobs(argv=None):
        if argv is None:
            return table
        pid = os.fork()
        if pid == 0:
            try:
                os.execvp(argv[0], argv)
            finally:
                os._exit(127)
        table[pid] = None
        return pid

    signal.signal(signal.SIGCHLD, on_child)
    return jobs
