"""Double fork; then a handler that waits for any child, just in case.

misconception: M6.5
message: a handler that waits for any child
"""

import os
import signal


def reap(*_):
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def no_corpses(commands):
    for argv in commands:
        middle = os.fork()
        if middle == 0:
            if os.fork() == 0:
                os.execvp(argv[0], argv)
            os._exit(0)
        os.waitpid(middle, 0)
    signal.signal(signal.SIGCHLD, reap)
    signal.set_wakeup_fd(-1)
