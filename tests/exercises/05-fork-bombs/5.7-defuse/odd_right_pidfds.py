"""A pidfd names one process for good; it is at its end when that has ended."""

import glob
import os
import select
import signal


def defuse(name):
    held, quiet = {}, False
    while not quiet:
        quiet = True
        for path in glob.glob("/proc/[0-9]*/comm"):
            pid = int(path.split("/")[2])
            try:
                with open(path) as file:
                    comm = file.read().rstrip("\n")
                if comm != name or pid in held:
                    continue
                held[pid] = os.pidfd_open(pid)
                signal.pidfd_send_signal(held[pid], signal.SIGSTOP)
                quiet = False
            except OSError:
                quiet = False
    for fd in held.values():
        try:
            signal.pidfd_send_signal(fd, signal.SIGKILL)
        except ProcessLookupError:
            pass
    for fd in held.values():
        select.select([fd], [], [])
        os.close(fd)
