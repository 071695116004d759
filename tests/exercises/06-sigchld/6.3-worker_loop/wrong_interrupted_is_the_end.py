"""The read of the C library, and -1 taken for the end of the input.

misconception: M6.8
message: came back in the middle
"""

import ctypes
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
    libc, buffer, rest = ctypes.CDLL(None), ctypes.create_string_buffer(4096), b""
    while (count := libc.read(inp, buffer, 4096)) > 0:
        *lines, rest = (rest + buffer.raw[:count]).split(b"\n")
        for line in lines:
            os.write(out, line.upper() + b"\n")
    return codes
