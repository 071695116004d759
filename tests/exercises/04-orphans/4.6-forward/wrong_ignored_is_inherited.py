"""Ignores the signals until it is ready, and its child does so for ever.

misconception: M4.15
message: ignored in the program from its start
"""

import os
import signal

WANTED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)


def forward(argv):
    for number in WANTED:
        signal.signal(number, signal.SIG_IGN)
    main = os.fork()
    if main == 0:
        try:
            os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    for number in WANTED:
        signal.signal(number, lambda number, frame: os.kill(main, number))
    while True:
        pid, status = os.wait()
        if pid == main:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code
