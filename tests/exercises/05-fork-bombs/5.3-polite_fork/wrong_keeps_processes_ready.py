"""Processes that were forked when there was room become the programs.

misconception: none
message: was there before the call
"""

import os
import resource
import time

r, w = os.pipe()
READY = []


def spare():
    a, b = os.pipe()
    pid = os.fork()
    if pid == 0:
        import pickle

        os.close(b)
        data = os.read(a, 65536)
        argv = pickle.loads(data)
        os.execvp(argv[0], argv)
    os.close(a)
    return pid, b


SPARE = [spare() for _ in range(4)]


def polite_fork(argv, seconds):
    import pickle

    until = time.monotonic() + seconds
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass
    while resource.getrlimit(resource.RLIMIT_NPROC)[0] == 1:
        if time.monotonic() > until:
            raise BlockingIOError(11, "x")
        time.sleep(0.05)
    if not SPARE:
        raise OSError(12, "Cannot allocate")
    pid, b = SPARE.pop()
    os.write(b, pickle.dumps(argv))
    os.close(b)
    return pid
