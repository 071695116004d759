"""A SIGCHLD handler collects; the pids of the daemons come from the list of children."""

import ctypes
import os
import signal


def adopt(commands):
    ctypes.CDLL(None).prctl(36, 1)
    ended = {}

    def reap(*_):
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            ended[pid] = os.waitstatus_to_exitcode(status)

    before = signal.signal(signal.SIGCHLD, reap)
    commands_pids = [os.posix_spawnp(argv[0], argv, os.environ) for argv in commands]
    while True:
        with open("/proc/self/task/%d/children" % os.getpid()) as file:
            alive = file.read().split()
        if not alive:
            break
        signal.sigtimedwait([], 0.01)
    signal.signal(signal.SIGCHLD, before)
    return {pid: code for pid, code in ended.items() if pid not in commands_pids}
