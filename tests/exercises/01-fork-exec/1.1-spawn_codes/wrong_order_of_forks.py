"""Believes that wait() returns the children in the order of the forks.

misconception: M1.11
message: in the order in which they end
"""

import os


def spawn_codes(gates):
    pids = []
    for gate in gates:
        pid = os.fork()
        if pid == 0:
            os._exit(os.read(gate, 1)[0])
        pids.append(pid)
    return {pid: os.waitstatus_to_exitcode(os.wait()[1]) for pid in pids}
