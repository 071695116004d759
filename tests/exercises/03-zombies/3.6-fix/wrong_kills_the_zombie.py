"""Sends signals to the dead.

misconception: M3.1
message: a signal to the zombie itself has no effect
"""

import os
import signal


def fix(zombie_pid):
    os.kill(zombie_pid, signal.SIGKILL)
    return "terminate"
