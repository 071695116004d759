"""One loop for all: signals are blocked and waited for; the child gets the old mask back."""

import os
import signal

WANTED = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2}


def forward(argv):
    before = signal.pthread_sigmask(signal.SIG_BLOCK, WANTED | {signal.SIGCHLD})
    main = os.fork()
    if main == 0:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        try:
            os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    while True:
        number = signal.sigwait(WANTED | {signal.SIGCHLD})
        if number != signal.SIGCHLD:
            os.kill(main, number)
            continue
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            if pid == main:
                code = os.waitstatus_to_exitcode(status)
                os._exit(code if code >= 0 else 128 - code)
