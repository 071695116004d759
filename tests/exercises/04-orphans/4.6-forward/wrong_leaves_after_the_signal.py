"""Passes on, and goes.

misconception: M4.7
message: pid 1 is to live until the program has ended
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

    def pass_on(number, frame):
        os.kill(main, number)
        os._exit(128 + number)

    for number in WANTED:
        signal.signal(number, pass_on)
    while True:
        pid, status = os.wait()
        if pid == main:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code
