"""Asks both every few milliseconds.

misconception: M3.10
message: it woke up
"""

import os
import time


def worker_loop(inp, out):
    codes, rest = {}, b""
    os.set_blocking(inp, False)
    while True:
        try:
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                codes[found[0]] = os.waitstatus_to_exitcode(found[1])
        except ChildProcessError:
            pass
        try:
            data = os.read(inp, 4096)
        except BlockingIOError:
            time.sleep(0.01)
            continue
        if not data:
            return codes
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            os.write(out, line.upper() + b"\n")
