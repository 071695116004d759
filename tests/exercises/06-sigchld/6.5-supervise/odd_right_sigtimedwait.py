"""Blocks SIGCHLD and sleeps in sigtimedwait."""

import os
import signal
import time


def supervise(jobs, seconds, grace):
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    order, due, codes = [], {}, {}
    for job in jobs:
        pid = os.posix_spawnp(job[0], job, os.environ, setsigmask=[])
        order.append(pid)
        due[pid] = [time.monotonic() + seconds, [signal.SIGTERM, signal.SIGKILL]]
    while due:
        soon = min(when for when, _ in due.values())
        signal.sigtimedwait([signal.SIGCHLD], max(0, min(soon - time.monotonic(), 3600)))
        for pid in list(due):
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                codes[pid] = os.waitstatus_to_exitcode(status)
                del due[pid]
            elif time.monotonic() >= due[pid][0]:
                os.kill(pid, due[pid][1].pop(0))
                due[pid][0] = time.monotonic() + grace if due[pid][1] else float("inf")
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    return [codes[pid] for pid in order]
