"""Ends all of them by one signal to a group, and adopts the orphans itself."""

import ctypes
import os
import signal
import time

PR_SET_CHILD_SUBREAPER = 36


def grow(tree):
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    starter = list(tree.items())
    group = None

    def plant(items):
        for _, below in items:
            if os.fork() == 0:
                plant(below.items())
                while True:
                    time.sleep(100)

    for name, below in starter:
        pid = os.fork()
        if pid == 0:
            os.setpgid(0, group or 0)
            plant(below.items())
            while True:
                time.sleep(100)
        group = group or pid
        os.setpgid(pid, group)

    def fell():
        while True:
            try:
                os.killpg(group, signal.SIGKILL)
            except ProcessLookupError:
                pass
            try:
                os.waitpid(-group, 0)
            except ChildProcessError:
                return

    return fell
