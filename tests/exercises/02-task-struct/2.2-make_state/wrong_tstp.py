"""T by SIGTSTP, in a process group that nobody could continue.

misconception: M2.13
message: make_state('T')
"""

import os
import signal
import time


def make_state(letter):
    pid = os.fork()
    if pid == 0:
        if letter == "T":
            os.kill(os.getpid(), signal.SIGTSTP)
        if letter in "TSD":
            time.sleep(1000)
        while letter == "R":
            pass
        os._exit(0)
    return pid
