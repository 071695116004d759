"""Waits for each child before it forks the next.

misconception: M1.1
message: fork all of them, then wait
"""

import os


def spawn_codes(gates):
    found = {}
    for gate in gates:
        pid = os.fork()
        if pid == 0:
            os._exit(os.read(gate, 1)[0])
        found[pid] = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return found
