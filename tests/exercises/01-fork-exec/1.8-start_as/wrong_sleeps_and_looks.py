"""It sleeps for a while, and takes whoever lives then for started.

misconception: M1.7
message: for a script whose interpreter is not there
"""

import os
import signal
import time


def start_as(path, name, args):
    if not os.path.exists(path):
        raise FileNotFoundError(path)
    if not os.access(path, os.X_OK):
        raise PermissionError(path)
    pid = os.fork()
    if pid == 0:
        try:
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            os.execv(path, [name, *args])
        finally:
            os._exit(127)
    time.sleep(0.3)
    if os.waitpid(pid, os.WNOHANG)[0]:
        raise FileNotFoundError(path)
    return pid
