"""The children go on in the loop.

misconception: M3.11
message: your children fork too
"""

import os


def spawn_codes(gates):
    pids = []
    code = None
    for gate in gates:
        pid = os.fork()
        if pid == 0:
            code = gate
        else:
            pids.append(pid)
    if code is not None:
        os._exit(os.read(code, 1)[0])
    return {pid: os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids}
