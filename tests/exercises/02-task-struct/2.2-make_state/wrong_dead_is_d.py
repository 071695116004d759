"""Takes D for "dead".

misconception: M2.5
message: D is not dead
"""

import os
import signal


def make_state(letter):
    pid = os.fork()
    if pid == 0:
        if letter == "T":
            os.kill(os.getpid(), signal.SIGSTOP)
        if letter == "S":
            signal.pause()
        while letter == "R":
            pass
        os._exit(0)
    return pid
