"""Writes the state where the name is: T, Z and D only in the name.

misconception: M2.13
message: make_state('T')
"""

import os
import signal


def make_state(letter):
    pid = os.fork()
    if pid == 0:
        with open("/proc/self/comm", "w") as file:
            file.write(f"x) {letter} 1 (y")
        while letter == "R":
            pass
        signal.pause()
    return pid
