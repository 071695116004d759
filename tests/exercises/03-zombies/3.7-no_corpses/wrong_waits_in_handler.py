"""Waits for the commands in a signal handler.

misconception: none
message: collected by a wait call
"""

import os
import signal
import subprocess


def reap(*_):
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def no_corpses(commands):
    signal.signal(signal.SIGCHLD, reap)
    reap.children = [subprocess.Popen(argv) for argv in commands]
