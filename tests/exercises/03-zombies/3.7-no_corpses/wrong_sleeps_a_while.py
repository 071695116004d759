"""Ignores SIGCHLD for a second, and hopes that the commands have ended by then.

misconception: M3.3
message: SIGCHLD was not ignored (any more)
"""

import signal
import subprocess
import time


def no_corpses(commands):
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for argv in commands:
        subprocess.Popen(argv)
    time.sleep(1)
    signal.signal(signal.SIGCHLD, before)
