"""Restores SIGCHLD while the commands still run.

misconception: M3.3
message: so init does not take them
"""

import signal
import subprocess


def no_corpses(commands):
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for argv in commands:
        subprocess.Popen(argv)
    signal.signal(signal.SIGCHLD, before)
