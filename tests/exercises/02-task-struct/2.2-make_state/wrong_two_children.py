"""A child too many for each state; D is missing.

misconception: none
message: there is also pid
"""

import os
import signal


def make_state(letter):
    for _ in range(2):
        pid = os.fork()
        if pid == 0:
            if letter == "T":
                os.kill(os.getpid(), signal.SIGSTOP)
            if letter in "SD":
                signal.pause()
            while letter == "R":
                pass
            os._exit(0)
    return pid
