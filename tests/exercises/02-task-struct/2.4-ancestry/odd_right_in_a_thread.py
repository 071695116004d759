"""A thread walks up until two walks agree."""

import os
import threading


def walk(pid):
    out = []
    while pid:
        f = open(f"/proc/{pid}/stat", "rb").read()
        out.append(pid)
        pid = int(f.rpartition(b")")[2].split()[1])
    return out


def look(pid, r):
    last = None
    while True:
        try:
            now = walk(pid)
        except OSError:
            now = None
            if not os.path.exists(f"/proc/{pid}"):
                r.append([])
                return
        if now and now == last:
            r.append(now)
            return
        last = now


def ancestry(pid):
    r = []
    t = threading.Thread(target=look, args=(pid, r))
    t.start()
    t.join()
    return r[0]
