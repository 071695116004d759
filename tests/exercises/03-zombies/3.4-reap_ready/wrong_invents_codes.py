"""Collects, but says that all went well.

misconception: none
message: is right
"""

import os


def reap_ready():
    codes = {}
    try:
        while (pid := os.waitpid(-1, os.WNOHANG)[0]) != 0:
            codes[pid] = 0
    except ChildProcessError:
        pass
    return codes
