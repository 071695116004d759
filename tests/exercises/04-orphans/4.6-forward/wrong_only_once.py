"""The handler removes itself.

misconception: none
message: was sent a second time, and nothing came
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
        signal.signal(number, signal.SIG_DFL)

    for number in WANTED:
        signal.signal(number, pass_on)
    while True:
        pid, status = os.wait()
        if pid == main:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code
