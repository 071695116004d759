"""Looks for children only when bytes come.

misconception: none
message: nobody waited for them
"""

import os


def worker_loop(inp, out):
    rest, codes = b"", {}
    while data := os.read(inp, 4096):
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            os.write(out, line.upper() + b"\n")
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            codes[found[0]] = os.waitstatus_to_exitcode(found[1])
    return codes
