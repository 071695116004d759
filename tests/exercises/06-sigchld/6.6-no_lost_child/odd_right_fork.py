"""Blocks the signal around fork, and undoes that in the child, too."""

import os
import signal


def no_lost_child():
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
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
        pid = os.fork()
        if pid == 0:
            try:
                signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
                os.execvp(argv[0], argv)
            finally:
                os._exit(127)
        table[pid] = None
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
        return pid

    signal.signal(signal.SIGCHLD, on_child)
    return jobs
