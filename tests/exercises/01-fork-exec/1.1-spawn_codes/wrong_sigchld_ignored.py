"""SIG_IGN: the kernel throws the codes away.

misconception: M3.7
message: the kernel kept no zombie
"""

import os
import signal


def spawn_codes(gates):
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    pids = []
    for gate in gates:
        pid = os.fork()
        if pid == 0:
            os._exit(os.read(gate, 1)[0])
        pids.append(pid)
    try:
        os.wait()
    except ChildProcessError:
        return dict.fromkeys(pids, 0)
