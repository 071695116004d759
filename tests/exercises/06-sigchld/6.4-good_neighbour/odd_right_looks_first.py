"""Looks who has ended without taking it, and takes it only if it is its own."""

import os
import signal
import subprocess


def good_neighbour(commands):
    mine, ended = {}, {}

    def on_child(number, frame):
        for pid in [*mine]:
            try:
                look = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                continue
            if look is not None:
                ended[pid] = mine.pop(pid).wait()
        old(number, frame)

    old = signal.getsignal(signal.SIGCHLD)
    signal.signal(signal.SIGCHLD, on_child)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    for command in commands:
        child = subprocess.Popen(command)
        mine[child.pid] = child
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    return lambda: ended
