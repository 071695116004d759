"""WNOHANG only asks: the call is back while all children still wait at their gates.

misconception: none
message: before any gate was open
"""

import os


def spawn_codes(gates):
    pids = []
    for gate in gates:
        pid = os.fork()
        if pid == 0:
            os._exit(os.read(gate, 1)[0])
        pids.append(pid)
    return {pid: os.waitstatus_to_exitcode(os.waitpid(pid, os.WNOHANG)[1]) for pid in pids}
