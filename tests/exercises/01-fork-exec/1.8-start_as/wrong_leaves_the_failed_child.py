"""Tells of the failure, but does not collect the child.

misconception: none
message: has to end, and to be collected
"""

import os
import signal


def start_as(path, name, args):
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            os.execv(path, [name, *args])
        except OSError as error:
            os.write(writing, bytes([error.errno]))
        finally:
            os._exit(127)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        failed = told.read()
    if failed:
        raise OSError(failed[0], os.strerror(failed[0]), path)
    return pid
