"""Begins afresh when it was interrupted.

misconception: M6.8
message: before a child ended, must not be thrown away
"""

import os
import select
import signal


class Child(Exception):
    pass


def worker_loop(inp, out):
    codes = {}

    def on_child(number, frame):
        try:
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                codes[found[0]] = os.waitstatus_to_exitcode(found[1])
        except ChildProcessError:
            pass
        raise Child

    signal.signal(signal.SIGCHLD, on_child)
    while True:
        try:
            rest = b""
            while True:
                select.select([inp], [], [])
                data = os.read(inp, 4096)
                if not data:
                    return codes
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    os.write(out, line.upper() + b"\n")
        except Child:
            continue
