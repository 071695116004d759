"""WEXITSTATUS, also of the child that a signal ended.

misconception: M3.6
message: WEXITSTATUS means something only if WIFEXITED says so
"""

import os


def spawn_codes(gates):
    pids = []
    for gate in gates:
        pid = os.fork()
        if pid == 0:
            os._exit(os.read(gate, 1)[0])
        pids.append(pid)
    return {pid: os.WEXITSTATUS(os.waitpid(pid, 0)[1]) for pid in pids}
