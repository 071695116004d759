"""Waits for the children before it reads.

misconception: M3.10
message: nothing came back
"""

import os


def worker_loop(inp, out):
    codes = {}
    try:
        while True:
            pid, status = os.wait()
            codes[pid] = os.waitstatus_to_exitcode(status)
    except ChildProcessError:
        pass
    rest = b""
    while data := os.read(inp, 4096):
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            os.write(out, line.upper() + b"\n")
    return codes
