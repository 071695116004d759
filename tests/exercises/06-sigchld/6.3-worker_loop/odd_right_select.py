"""The signal writes into a pipe, and select sleeps on both pipes."""

import os
import select
import signal


def worker_loop(inp, out):
    codes, rest = {}, b""
    wakes, writes = os.pipe()
    os.set_blocking(writes, False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.set_wakeup_fd(writes)
    while True:
        ready = select.select([inp, wakes], [], [])[0]
        if wakes in ready:
            os.read(wakes, 4096)
            try:
                while (found := os.waitpid(-1, os.WNOHANG))[0]:
                    codes[found[0]] = os.waitstatus_to_exitcode(found[1])
            except ChildProcessError:
                pass
        if inp in ready:
            data = os.read(inp, 4096)
            if not data:
                signal.set_wakeup_fd(-1)
                return codes
            whole, end, rest = (rest + data).rpartition(b"\n")
            os.write(out, (whole + end).upper())
