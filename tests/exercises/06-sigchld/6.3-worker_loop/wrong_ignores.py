"""Nobody is collected: they vanish.

misconception: M3.7
message: SIGCHLD is ignored
"""

import os
import signal


def worker_loop(inp, out):
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    rest = b""
    while data := os.read(inp, 4096):
        *lines, rest = (rest + data).split(b"\n")
        for row in lines:
            os.write(out, row.upper() + b"\n")
    return {}
