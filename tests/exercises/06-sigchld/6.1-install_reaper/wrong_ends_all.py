"""Ends all children, so that none can end later.

misconception: none
message: should live
"""

import glob
import os
import signal


def install_reaper():
    codes = []
    for path in glob.glob("/proc/self/task/*/children"):
        for pid in map(int, open(path).read().split()):
            os.kill(pid, signal.SIGKILL)
            codes.append((pid, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])))
    return lambda: codes
