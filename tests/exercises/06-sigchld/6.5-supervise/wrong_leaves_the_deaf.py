"""Comes back when the grace is over, whoever still runs.

misconception: none
message: it came back, and left
"""

import os
import select
import signal
import subprocess
import time


def supervise(jobs, seconds, grace):
    codes, running = [None] * len(jobs), {}
    for number, job in enumerate(jobs):
        child = subprocess.Popen(job)
        due = time.monotonic() + seconds
        running[os.pidfd_open(child.pid)] = [number, child, due, signal.SIGTERM]
    while running:
        earliest = min(due for _, _, due, _ in running.values())
        pause = max(0, min(earliest - time.monotonic(), 1e6))
        for fd in select.select(list(running), [], [], pause)[0]:
            number, child, _, _ = running.pop(fd)
            codes[number] = child.wait()
            os.close(fd)
        for fd, entry in running.items():
            if time.monotonic() >= entry[2]:
                if entry[3] == signal.SIGKILL:
                    return codes
                signal.pidfd_send_signal(fd, entry[3])
                entry[2] = time.monotonic() + grace if entry[3] == signal.SIGTERM else float("inf")
                entry[3] = signal.SIGKILL
    return codes
