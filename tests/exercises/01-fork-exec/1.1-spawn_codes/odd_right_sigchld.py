"""A handler for SIGCHLD collects them while the function sleeps; put back in the end."""

import os
import signal


def spawn_codes(gates):
    found = {}

    def collect(*_):
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            found[pid] = os.waitstatus_to_exitcode(status)

    before = signal.signal(signal.SIGCHLD, collect)
    for gate in gates:
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os._exit(os.read(gate, 1)[0])
    while len(found) < len(gates):
        signal.sigtimedwait([], 0.05)
    signal.signal(signal.SIGCHLD, before)
    return found
