"""Kills the child for Z, and waits for it.

misconception: M3.10
message: who waits for a zombie takes it away
"""

import os
import signal
import time


def make_state(letter):
    pid = os.fork()
    if pid == 0:
        while letter == "R":
            pass
        time.sleep(1000)
    if letter == "T":
        os.kill(pid, signal.SIGSTOP)
    if letter == "Z":
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return pid
