"""No prctl: a watcher sees the end of a pipe, and the program begins only when it is there."""

import os
import signal


def die_with_parent(argv):
    life, keep = os.pipe()
    go, start = os.pipe()
    program = os.fork()
    if program == 0:
        os.close(keep)
        os.close(start)
        if os.read(go, 1):
            os.execvp(argv[0], argv)
        os._exit(127)
    watcher = os.fork()
    if watcher == 0:
        os.close(keep)
        os.close(start)
        os.read(life, 1)
        os.kill(program, signal.SIGKILL)
        os._exit(0)
    os.write(start, b"!")
    os.close(start)
    return program
