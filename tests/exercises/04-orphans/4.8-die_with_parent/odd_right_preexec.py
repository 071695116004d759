"""subprocess, with a function between fork and exec."""

import ctypes
import os
import signal
import subprocess

prctl = ctypes.CDLL(None).prctl


def die_with_parent(argv):
    parent = os.getpid()

    def tie():
        prctl(1, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(127)

    return subprocess.Popen(argv, preexec_fn=tie).pid
