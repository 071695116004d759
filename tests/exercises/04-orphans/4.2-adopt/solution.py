"""The expected solution: become a subreaper, start all, wait for everybody."""

import ctypes
import os

PR_SET_CHILD_SUBREAPER = 36


def adopt(commands):
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    started = set()
    for argv in commands:
        pid = os.fork()
        if pid == 0:
            try:
                os.execvp(argv[0], argv)
            finally:
                os._exit(127)
        started.add(pid)
    codes = {}
    while True:
        try:
            pid, status = os.wait()
        except ChildProcessError:
            return codes
        if pid not in started:
            codes[pid] = os.waitstatus_to_exitcode(status)
