"""One wait for all of them.

misconception: M3.9
message: one wait() collects one child
"""

import os


def spawn_codes(gates):
    for gate in gates:
        if os.fork() == 0:
            os._exit(os.read(gate, 1)[0])
    pid, status = os.wait()
    return {pid: os.waitstatus_to_exitcode(status)}
