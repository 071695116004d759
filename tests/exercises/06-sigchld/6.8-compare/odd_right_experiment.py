"""Builds most of it from real processes, and looks; reasons out the rest."""

import os
import signal


def compare(case):
    way = case["way"]
    if way in "AFGH":
        k, m = case["ended"], case["library"]
        left = {"A": k + m, "H": m}.get(way, 0)
        kept = m if way in "AH" else 0
        known = 0 if way == "A" else k
        return {"runs": 0, "zombies": left, "known": known, "library": kept, "busy": way == "F"}
    if way == "B":
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    known, runs, own = set(), [], []

    def on_child(number, frame):
        runs.append(1)
        for pid in own if way == "E" else [-1] * (1 if way == "C" else 99):
            try:
                found = os.waitpid(pid, os.WNOHANG)[0]
            except ChildProcessError:
                continue
            known.add(found)

    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    if way != "B":
        signal.signal(signal.SIGCHLD, on_child)
    pids = []
    for number in range(case["ended"] + case["library"]):
        pid = os.fork()
        if pid == 0:
            os._exit(number)
        pids.append(pid)
    own += pids[: case["ended"]]
    try:
        while way == "B":
            os.wait()  # comes back when the last one has vanished
    except ChildProcessError:
        pass
    for pid in pids:
        if way != "B":
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    left = []
    for pid in pids if way != "B" else []:
        try:
            os.waitpid(pid, 0)
            left.append(pid)
        except ChildProcessError:
            pass
    return {
        "runs": len(runs),
        "zombies": len(left),
        "known": len(known.intersection(own)),
        "library": len(set(left) - set(own)),
        "busy": False,
    }
