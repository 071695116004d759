"""The dict says which gate had which number, not which child.

misconception: none
message: the keys are to be the pids
"""

import os


def spawn_codes(gates):
    pids = {}
    for gate in gates:
        pid = os.fork()
        if pid == 0:
            os._exit(os.read(gate, 1)[0])
        pids[gate] = pid
    codes = {}
    for gate, pid in pids.items():
        codes[f"gate {gate}"] = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return codes
