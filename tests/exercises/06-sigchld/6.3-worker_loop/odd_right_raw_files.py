"""Raw file objects give a line as soon as it is complete."""

import os
import signal


def worker_loop(inp, out):
    codes = {}

    def h(*_):
        try:
            while (x := os.waitpid(-1, os.WNOHANG))[0]:
                codes[x[0]] = os.waitstatus_to_exitcode(x[1])
        except ChildProcessError:
            pass

    signal.signal(signal.SIGCHLD, h)
    h()
    with (
        open(inp, "rb", buffering=0, closefd=False) as i,
        open(out, "wb", buffering=0, closefd=False) as o,
    ):
        for line in i:
            o.write(line.upper())
    return codes
