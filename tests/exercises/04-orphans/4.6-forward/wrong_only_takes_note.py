"""The handler takes a note; but os.wait goes on waiting when a handler has run.

misconception: M4.7
message: after a handler that only takes a note os.wait goes on waiting
"""

import os
import signal

PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)


def forward(argv):
    noted = []
    main = os.fork()
    if main == 0:
        try:
            os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    for number in PASSED_ON:
        signal.signal(number, lambda number, frame: noted.append(number))
    while True:
        pid, status = os.wait()
        if pid == main:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code
        while noted:
            os.kill(main, noted.pop(0))
