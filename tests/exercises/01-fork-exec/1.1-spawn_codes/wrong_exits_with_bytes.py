"""os._exit wants a number, and bytes are none: the child raises, and comes back.

misconception: M3.11
message: in addition to your process
"""

import os


def spawn_codes(gates):
    pids = []
    for gate in gates:
        pid = os.fork()
        if pid == 0:
            os._exit(os.read(gate, 1))
        pids.append(pid)
    return {pid: os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids}
