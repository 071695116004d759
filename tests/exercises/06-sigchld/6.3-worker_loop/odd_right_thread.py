"""A thread sleeps in wait(); the lines are read as a file."""

import os
import threading


def worker_loop(inp, out):
    codes = {}

    def work():
        try:
            while True:
                pid, status = os.wait()
                codes[pid] = os.waitstatus_to_exitcode(status)
        except ChildProcessError:
            pass

    threading.Thread(target=work, daemon=True).start()
    with open(inp, "rb", closefd=False) as lines:
        while line := lines.readline():
            os.write(out, line.upper())
    return dict(codes)
