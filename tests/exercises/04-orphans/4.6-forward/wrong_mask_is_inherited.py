"""The child begins with all signals blocked.

misconception: M4.15
message: blocked in the program from its start
"""

import os
import signal

WANTED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)


def forward(argv):
    signal.pthread_sigmask(signal.SIG_BLOCK, {*WANTED, signal.SIGCHLD})
    main = os.fork()
    if main == 0:
        try:
            os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    while True:
        number = signal.sigwait({*WANTED, signal.SIGCHLD})
        if number != signal.SIGCHLD:
            os.kill(main, number)
            continue
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == main:
                code = os.waitstatus_to_exitcode(status)
                return code if code >= 0 else 128 - code
            if pid == 0:
                break
