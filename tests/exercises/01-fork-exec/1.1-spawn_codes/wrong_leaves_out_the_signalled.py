"""Who was ended by a signal is collected, but not reported.

misconception: M3.6
message: WIFEXITED is false for who was ended by a signal
"""

import os


def spawn_codes(gates):
    pids = []
    for gate in gates:
        pid = os.fork()
        if pid == 0:
            os._exit(os.read(gate, 1)[0])
        pids.append(pid)
    codes = {}
    for pid in pids:
        status = os.waitpid(pid, 0)[1]
        if os.WIFEXITED(status):
            codes[pid] = os.WEXITSTATUS(status)
    return codes
