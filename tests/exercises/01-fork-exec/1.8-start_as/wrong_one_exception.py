"""Tells that it failed, but not why.

misconception: none
message: becomes the exception that goes with the number
"""

import os
import signal


def start_as(path, name, args):
    try:
        ignored = [signal.SIGPIPE, signal.SIGXFSZ]
        return os.posix_spawn(path, [name, *args], os.environ, setsigdef=ignored)
    except OSError as error:
        raise RuntimeError("it could not be started") from error
