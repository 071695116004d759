"""The kernel collects for those who ignore SIGCHLD, and keeps no exit code.

misconception: none
message: hand on the one of the program
"""

import os
import signal


def mini_init(argv):
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    main = os.fork()
    if main == 0:
        try:
            os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    while is_there(main):
        signal.sigtimedwait([signal.SIGUSR2], 0.02)
    return 0


def is_there(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
