"""Sees with WNOWAIT who has ended, and collects all of them when everything is over.

misconception: M5.9
message: a zombie takes room like a running process
"""

import os
import subprocess
import time


def ended(pid):
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def pool(jobs, k):
    started = []
    while len(started) < len(jobs):
        if sum(not ended(process.pid) for process in started) < k:
            started.append(subprocess.Popen(jobs[len(started)]))
        time.sleep(0.01)
    return [process.wait() for process in started]
