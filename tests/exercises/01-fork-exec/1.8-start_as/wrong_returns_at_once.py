"""Never hears of a failure.

misconception: M1.7
message: the child has to tell its parent
"""

import os
import signal


def start_as(path, name, args):
    pid = os.fork()
    if pid == 0:
        try:
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            os.execv(path, [name, *args])
        finally:
            os._exit(127)
    return pid
