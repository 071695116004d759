"""The expected solution: the signal has to wait until the pid is noted."""

import os
import signal


def no_lost_child():
    table = {}

    def on_child(number, frame):
        try:
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                table[found[0]] = os.waitstatus_to_exitcode(found[1])
        except ChildProcessError:
            pass  # no child is left

    def jobs(argv=None):
        if argv is None:
            return table
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
        pid = os.posix_spawnp(argv[0], argv, os.environ, setsigmask=[])
        table[pid] = None
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
        return pid

    signal.signal(signal.SIGCHLD, on_child)
    return jobs
