"""A SIGCHLD handler does the work; the process itself sleeps. Ends with sys.exit."""

import os
import signal
import sys


def mini_init(argv):
    ended = {}

    def reap(*_):
        try:
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                ended[pid] = status
        except ChildProcessError:
            pass

    signal.signal(signal.SIGCHLD, reap)
    reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(writing)
    os.set_blocking(reading, True)
    try:
        main = os.posix_spawnp(argv[0], argv, os.environ)
    except OSError:
        sys.exit(127)
    while main not in ended:
        os.read(reading, 100)
    code = os.waitstatus_to_exitcode(ended[main])
    sys.exit(code if code >= 0 else 128 - code)
