"""T by a long sleep.

misconception: M2.13
message: stopped it is by a signal
"""

import os
import time


def make_state(letter):
    pid = os.fork()
    if pid == 0:
        if letter == "T" or letter == "S":
            time.sleep(1000)
        while letter == "R":
            pass
        os._exit(0)
    return pid
