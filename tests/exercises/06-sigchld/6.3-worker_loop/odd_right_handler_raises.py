"""The handler does raise, but only around a select that has read nothing."""

import os
import select
import signal


class Child(Exception):
    pass


def worker_loop(inp, out):
    codes, rest, open_to_it = {}, b"", False

    def on_child(number, frame):
        if open_to_it:
            raise Child

    def collect():
        try:
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                codes[found[0]] = os.waitstatus_to_exitcode(found[1])
        except ChildProcessError:
            pass

    signal.signal(signal.SIGCHLD, on_child)
    while True:
        try:
            open_to_it = True
            collect()
            select.select([inp], [], [])
            open_to_it = False
        except Child:
            continue
        data = os.read(inp, 4096)
        if not data:
            return codes
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            os.write(out, line.upper() + b"\n")
