"""Leaves SIG_IGN on: later children lose their codes.

misconception: M3.7
message: SIGCHLD is still set to SIG_IGN
"""

import signal
import subprocess


def no_corpses(commands):
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for argv in commands:
        subprocess.Popen(argv)
