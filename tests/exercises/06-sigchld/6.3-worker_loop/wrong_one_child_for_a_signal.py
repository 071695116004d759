"""One waitpid in the handler.

misconception: M6.1
message: a pending signal is pending once
"""

import os
import signal


def worker_loop(inp, out):
    codes = {}

    def on_child(number, frame):
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid:
            codes[pid] = os.waitstatus_to_exitcode(status)

    signal.signal(signal.SIGCHLD, on_child)
    rest = b""
    while data := os.read(inp, 4096):
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            os.write(out, line.upper() + b"\n")
    return codes
