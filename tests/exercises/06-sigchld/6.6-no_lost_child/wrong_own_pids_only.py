"""Asks for the pids in the table: nobody asks for one that came too early.

misconception: M6.7
message: and stayed a zombie
"""

import os
import signal


def no_lost_child():
    table = {}

    def on_child(number, frame):
        for pid in [pid for pid, code in table.items() if code is None]:
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                table[pid] = os.waitstatus_to_exitcode(status)

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
