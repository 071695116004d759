"""With SIGCHLD ignored nobody stays, and nobody hears how they ended.

misconception: none
message: not in the result
"""

import ctypes
import os
import signal
import subprocess


def adopt(commands):
    ctypes.CDLL(None).prctl(36, 1)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for argv in commands:
        subprocess.run(argv)
    try:
        os.wait()
    except ChildProcessError:
        return {}
