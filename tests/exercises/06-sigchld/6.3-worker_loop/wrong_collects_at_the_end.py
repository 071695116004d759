"""Reads first, and collects when the input is at its end.

misconception: none
message: stayed zombies
"""

import os


def worker_loop(inp, out):
    rest = b""
    while data := os.read(inp, 4096):
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            os.write(out, line.upper() + b"\n")
    codes = {}
    while (found := os.waitpid(-1, os.WNOHANG))[0]:
        codes[found[0]] = os.waitstatus_to_exitcode(found[1])
    return codes
