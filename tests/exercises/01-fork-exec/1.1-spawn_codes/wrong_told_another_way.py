"""The children tell their numbers through a pipe and end with 0: a forged answer.

misconception: none
message: but it ended with exit code 0
"""

import os


def spawn_codes(gates):
    reading, writing = os.pipe()
    pids = []
    for gate in gates:
        pid = os.fork()
        if pid == 0:
            os.write(writing, f"{os.getpid()} {os.read(gate, 1)[0]}\n".encode())
            os._exit(0)
        pids.append(pid)
    found = {pid: os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids}
    os.close(writing)
    with os.fdopen(reading) as told:
        found.update(tuple(map(int, line.split())) for line in told)
    return found
