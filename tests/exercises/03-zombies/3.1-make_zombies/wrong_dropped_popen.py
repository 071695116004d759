"""Drops the Popen objects: subprocess collects the dead ones when it makes the next.

misconception: M3.10
message: whenever they start the next one
"""

import os
import subprocess


def make_zombies(n):
    for _ in range(n):
        pid = subprocess.Popen(["true"]).pid
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)

    def release():
        try:
            while True:
                os.wait()
        except ChildProcessError:
            pass

    return release
