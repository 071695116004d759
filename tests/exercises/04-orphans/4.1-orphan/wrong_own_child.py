"""Its parent lives: nobody is an orphan here.

misconception: none
message: is your child
"""

import os
import signal


def orphan():
    pid = os.fork()
    if pid == 0:
        signal.pause()
    return pid, os.getpid()
