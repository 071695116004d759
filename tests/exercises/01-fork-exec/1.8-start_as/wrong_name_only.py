"""Takes the name, but not the program.

misconception: M1.16
message: has this name (comm), but its arguments are
"""

import os
import signal


def start_as(path, name, args):
    os.close(os.open(path, os.O_RDONLY))
    if not os.access(path, os.X_OK):
        raise PermissionError(path)
    pid = os.fork()
    if pid == 0:
        with open("/proc/self/comm", "w") as comm:
            comm.write(name)
        while True:
            signal.pause()
    return pid
