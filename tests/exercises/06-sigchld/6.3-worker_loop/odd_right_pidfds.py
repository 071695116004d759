"""Sleeps on the pipe and on a pidfd for each child."""

import glob
import os
import select


def worker_loop(inp, out):
    pids = [
        int(pid)
        for path in glob.glob("/proc/self/task/*/children")
        for pid in open(path).read().split()
    ]
    children = {os.pidfd_open(pid): pid for pid in pids}
    codes, rest = {}, b""
    while True:
        for fd in select.select([inp, *children], [], [])[0]:
            if fd != inp:
                pid = children.pop(fd)
                codes[pid] = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                os.close(fd)
                continue
            data = os.read(inp, 4096)
            if not data:
                return codes
            lines = (rest + data).split(b"\n")
            rest = lines.pop()
            os.write(out, b"".join(line.upper() + b"\n" for line in lines))
