"""A heap of deadlines, and poll on pidfds."""

import heapq
import os
import select
import signal
import time


def supervise(jobs, seconds, grace):
    pids = [os.posix_spawnp(j[0], j, os.environ) for j in jobs]
    now = time.monotonic()
    heap = [(now + seconds, i, signal.SIGTERM) for i in range(len(jobs))]
    fds = {os.pidfd_open(p): i for i, p in enumerate(pids)}
    codes = [None] * len(jobs)
    po = select.poll()
    for fd in fds:
        po.register(fd, select.POLLIN)
    while fds:
        while heap and codes[heap[0][1]] is not None:
            heapq.heappop(heap)
        ms = None if not heap else max(0, (heap[0][0] - time.monotonic()) * 1000)
        for fd, _ in po.poll(ms):
            i = fds.pop(fd)
            po.unregister(fd)
            os.close(fd)
            codes[i] = os.waitstatus_to_exitcode(os.waitpid(pids[i], 0)[1])
        while heap and heap[0][0] <= time.monotonic():
            t, i, sig = heapq.heappop(heap)
            if codes[i] is None:
                os.kill(pids[i], sig)
                if sig == signal.SIGTERM:
                    heapq.heappush(heap, (time.monotonic() + grace, i, signal.SIGKILL))
    return codes
