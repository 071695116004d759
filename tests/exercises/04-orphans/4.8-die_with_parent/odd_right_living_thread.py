"""A second thread forks, and lives as long as the process."""

import ctypes
import os
import signal
import threading


def die_with_parent(argv):
    parent = os.getpid()
    pids = []
    forked = threading.Event()

    def fork_and_stay():
        child = os.fork()
        if child == 0:
            try:
                ctypes.CDLL(None).prctl(1, signal.SIGKILL)
                if os.getppid() == parent:
                    os.execvp(argv[0], argv)
            finally:
                os._exit(127)
        pids.append(child)
        forked.set()
        threading.Event().wait()

    threading.Thread(target=fork_and_stay, daemon=True).start()
    forked.wait()
    return pids[0]
