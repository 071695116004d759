"""Opens the file in the parent, and executes the descriptor; the exit code tells of a failure."""

import os
import signal
import time


def start_as(path, name, args):
    fd = os.open(path, os.O_RDONLY)
    if not os.access(path, os.X_OK):
        os.close(fd)
        raise PermissionError(path)
    pid = os.fork()
    if pid == 0:
        for number in signal.valid_signals():
            if signal.getsignal(number) == signal.SIG_IGN:
                signal.signal(number, signal.SIG_DFL)
        try:
            os.execve(fd, [name, *args], os.environ)
        finally:
            os._exit(127)
    before = os.readlink("/proc/self/exe")
    while os.readlink(f"/proc/{pid}/exe") == before:
        time.sleep(0.001)
    os.close(fd)
    return pid
