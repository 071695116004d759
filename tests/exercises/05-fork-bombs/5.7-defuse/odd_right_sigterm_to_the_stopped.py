"""SIGTERM waits until SIGCONT, and comes before the process does anything."""

import os
import signal


def defuse(name):
    def mem():
        for p in os.listdir("/proc"):
            if p.isdigit():
                try:
                    s = open(f"/proc/{p}/stat").read()
                    if f"({name})" in s:
                        yield int(p), s.rpartition(")")[2].split()[0]
                except OSError:
                    pass

    while any(s not in "TZ" for _, s in mem()):
        for p, s in mem():
            if s != "T":
                os.kill(p, signal.SIGSTOP)
    for p, s in mem():
        os.kill(p, signal.SIGTERM)
        os.kill(p, signal.SIGCONT)
