"""Returns the pid of the wrong process.

misconception: M1.6
message: exec keeps the pid
"""

import os
import signal


def start_as(path, name, args):
    ignored = [signal.SIGPIPE, signal.SIGXFSZ]
    os.posix_spawn(path, [name, *args], os.environ, setsigdef=ignored)
    return os.getpid()
