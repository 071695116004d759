"""One walk that nobody checks, in a thread of its own.

misconception: M2.10
message: for a process whose parent ended during the call
"""

import threading


def walk(pid):
    out = []
    while pid:
        try:
            f = open(f"/proc/{pid}/stat", "rb").read()
        except OSError:
            return out
        out.append(pid)
        pid = int(f.rpartition(b")")[2].split()[1])
    return out


def ancestry(pid):
    r = []
    t = threading.Thread(target=lambda: r.append(walk(pid)))
    t.start()
    t.join()
    return r[0]
