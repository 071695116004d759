"""Does not come back before the last child has ended.

misconception: M3.10
message: it waits for children that still live
"""

import os
import signal


def worker_loop(inp, out):
    codes = {}

    def on_child(number, frame):
        try:
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                codes[found[0]] = os.waitstatus_to_exitcode(found[1])
        except ChildProcessError:
            pass

    signal.signal(signal.SIGCHLD, on_child)
    rest = b""
    while data := os.read(inp, 4096):
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            os.write(out, line.upper() + b"\n")
    try:
        while True:
            pid, status = os.wait()
            codes[pid] = os.waitstatus_to_exitcode(status)
    except ChildProcessError:
        return codes
