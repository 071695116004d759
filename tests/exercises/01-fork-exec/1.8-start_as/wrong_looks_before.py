"""Looks whether exec will work, instead of hearing whether it did.

misconception: M1.7
message: only exec finds that out
"""

import os
import signal


def start_as(path, name, args):
    if not os.path.exists(path):
        raise FileNotFoundError(path)
    if not os.access(path, os.X_OK):
        raise PermissionError(path)
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        try:
            os.execv(path, [name, *args])
        finally:
            os._exit(127)
    return pid
