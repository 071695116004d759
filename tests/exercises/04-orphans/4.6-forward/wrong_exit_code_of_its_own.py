"""When the program was ended by SIGTERM, it says 0.

misconception: M3.5
message: 128 + n, as in 4.5
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
        signal.signal(number, lambda number, frame: os.kill(main, number))
    while True:
        pid, status = os.wait()
        if pid == main:
            return os.WEXITSTATUS(status)
