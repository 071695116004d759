"""The expected solution: a pipe that exec closes tells the parent what happened."""

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
    failed = os.read(reading, 1)
    os.close(reading)
    if failed:
        os.waitpid(pid, 0)
        raise OSError(failed[0], os.strerror(failed[0]), path)
    return pid
