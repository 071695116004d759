"""Sends all signals every now and then: one of them will be right.

misconception: M4.14
message: was sent once to pid 1, and
"""

import os
import signal

WANTED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)


def forward(argv):
    for number in WANTED:
        signal.signal(number, lambda *_: None)
    main = os.posix_spawnp(argv[0], argv, os.environ, setsigdef=WANTED)
    signal.sigtimedwait([], 0.5)
    while True:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == main:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code
        for number in WANTED:
            os.kill(main, number)
        signal.sigtimedwait([], 0.01)
