"""A helper polls, and stays for ever.

misconception: none
message: whoever watches has to end too
"""

import ctypes
import os
import signal
import time


def die_with_parent(argv):
    parent = os.getpid()
    if os.fork() == 0:
        while True:
            time.sleep(0.05)
    child = os.fork()
    if child == 0:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        if os.getppid() == parent:
            os.execvp(argv[0], argv)
        os._exit(1)
    return child
