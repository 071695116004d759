"""R by a loop that sleeps a little each time; the rest but D is right.

misconception: M2.12
message: is asleep nearly all of its time
"""

import os
import signal
import time


def make_state(letter):
    pid = os.fork()
    if pid == 0:
        if letter == "T":
            os.kill(os.getpid(), signal.SIGSTOP)
        if letter == "S":
            signal.pause()
        while letter in "RD":
            time.sleep(0.001)
        os._exit(0)
    return pid
