"""Sends to everybody in its process group except itself.

misconception: M4.14
message: an orphan beside the program was ended
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
        signal.signal(number, signal.SIG_IGN)
        os.kill(0, number)
        signal.signal(number, pass_on)

    for number in WANTED:
        signal.signal(number, pass_on)
    while True:
        pid, status = os.wait()
        if pid == main:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code
