"""An alarm clock whose handler sends the signals; the process sleeps in wait()."""

import os
import signal
import time


def supervise(jobs, seconds, grace):
    begun = time.monotonic()
    pids = [os.posix_spawnp(job[0], job, os.environ) for job in jobs]
    codes = {}
    stages = [(seconds, signal.SIGTERM), (seconds + grace, signal.SIGKILL)]

    def ring(number, frame):
        when, what = stages.pop(0)
        for pid in pids:
            if pid not in codes:
                os.kill(pid, what)
        if stages:
            left = begun + stages[0][0] + 0.01 - time.monotonic()
            signal.setitimer(signal.ITIMER_REAL, max(0.001, left))

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, begun + seconds + 0.01 - time.monotonic())
    while len(codes) < len(pids):
        pid, status = os.wait()
        codes[pid] = os.waitstatus_to_exitcode(status)
    signal.setitimer(signal.ITIMER_REAL, 0)
    return [codes[pid] for pid in pids]
