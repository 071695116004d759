"""SIGTERM is handed down: each process passes it on, waits for its children and ends."""

import os
import signal


def plant(tree):
    pids = []
    for below in tree.values():
        pid = os.fork()
        if pid == 0:
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
            children = plant(below)
            signal.sigwait([signal.SIGTERM])
            cut(children)
            os._exit(0)
        pids.append(pid)
    return pids


def cut(pids):
    for pid in pids:
        os.kill(pid, signal.SIGTERM)
    for pid in pids:
        os.waitpid(pid, 0)


def grow(tree):
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    pids = plant(tree)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
    return lambda: cut(pids)
