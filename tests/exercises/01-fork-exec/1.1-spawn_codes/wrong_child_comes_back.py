"""The child sets a code, but does not end.

misconception: M3.11
message: came back from spawn_codes(gates) in addition to your process
"""

import os


def spawn_codes(gates):
    found = {}
    for gate in gates:
        pid = os.fork()
        if pid == 0:
            return os.read(gate, 1)[0]
        found[pid] = None
    for pid in found:
        found[pid] = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return found
