"""Sends to its own process group, itself included.

misconception: M4.14
message: the whole process group, and pid 1 itself is in it
"""

import os
import signal

WANTED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)


def forward(argv):
    main = os.fork()
    if main == 0:
        try:
            os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    for number in WANTED:
        signal.signal(number, lambda number, frame: os.kill(0, number))
    while True:
        pid, status = os.wait()
        if pid == main:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code
