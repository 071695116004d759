"""Nothing there is taken for the end.

misconception: none
message: came back
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
    os.set_blocking(inp, False)
    try:
        rest = b""
        while data := os.read(inp, 4096):
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                os.write(out, line.upper() + b"\n")
    except BlockingIOError:
        pass
    return codes
