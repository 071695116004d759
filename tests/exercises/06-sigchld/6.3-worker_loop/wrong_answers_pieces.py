"""Answers every piece as it comes.

misconception: none
message: an incomplete line was answered
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
    while data := os.read(inp, 4096):
        os.write(out, data.upper())
    return codes
