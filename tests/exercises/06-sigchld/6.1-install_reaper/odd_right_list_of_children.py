"""Asks for each child that /proc lists."""

import glob
import os
import signal


def install_reaper():
    codes = {}

    def on_child(number, frame):
        for path in glob.glob("/proc/self/task/*/children"):
            for pid in map(int, open(path).read().split()):
                try:
                    found, status = os.waitpid(pid, os.WNOHANG)
                except ChildProcessError:  # a handler in the middle of this one was faster
                    continue
                if found:
                    codes[pid] = os.waitstatus_to_exitcode(status)

    signal.signal(signal.SIGCHLD, on_child)
    return lambda: sorted(codes.items())
