"""Only the main thread ends: it shows Z, and is no zombie.

misconception: M2.15
message: it has not ended yet
"""

import ctypes
import os
import signal
import threading


def make_state(letter):
    pid = os.fork()
    if pid == 0:
        if letter == "Z":
            threading.Thread(target=signal.pthread_sigmask, args=(0, [])).start()
            threading.Thread(target=__import__("time").sleep, args=(1000,)).start()
            ctypes.CDLL(None).syscall(60, 0)
        signal.pause()
        os._exit(0)
    return pid
