"""A pidfd can be read when its process has ended: poll tells which."""

import os
import select
import subprocess


def pool(jobs, k):
    left = list(range(len(jobs)))[::-1]
    codes, running = {}, {}
    poller = select.poll()
    while left or running:
        if left and len(running) < k:
            place = left.pop()
            process = subprocess.Popen(jobs[place])
            fd = os.pidfd_open(process.pid)
            running[fd] = place, process
            poller.register(fd, select.POLLIN)
            continue
        for fd, _ in poller.poll():
            poller.unregister(fd)
            os.close(fd)
            place, process = running.pop(fd)
            codes[place] = process.wait()
    return tuple(codes[place] for place in range(len(jobs)))
