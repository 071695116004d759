"""Returns the wait status.

misconception: M3.5
message: that is the wait status
"""

import os


def spawn_codes(gates):
    pids = []
    for gate in gates:
        pid = os.fork()
        if pid == 0:
            os._exit(os.read(gate, 1)[0])
        pids.append(pid)
    return {pid: os.waitpid(pid, 0)[1] for pid in pids}
