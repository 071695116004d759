"""kill -1 takes everybody along.

misconception: none
message: pid -1 is everybody
"""

import os
import signal


def defuse(name):
    os.kill(-1, signal.SIGKILL)
