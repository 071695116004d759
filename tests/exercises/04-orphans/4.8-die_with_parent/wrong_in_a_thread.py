"""The parent, for the kernel, is the thread that forked.

misconception: M4.13
message: the thread that forked
"""

import ctypes
import os
import signal
import threading


def die_with_parent(argv):
    parent = os.getpid()
    found = []
    ready, tied = os.pipe()

    def start():
        child = os.fork()
        if child == 0:
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)
            os.write(tied, b"!")
            if os.getppid() == parent:
                os.execvp(argv[0], argv)
            os._exit(1)
        os.read(ready, 1)
        found.append(child)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    return found[0]
