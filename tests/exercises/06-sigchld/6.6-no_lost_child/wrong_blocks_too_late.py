"""Blocks the signal around the note, not around fork.

misconception: M6.7
message: None, as if it ran
"""

import os
import signal


def no_lost_child():
    table = {}

    def on_child(number, frame):
        try:
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                if found[0] in table:
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
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
        table[pid] = None
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
        return pid

    signal.signal(signal.SIGCHLD, on_child)
    return jobs
