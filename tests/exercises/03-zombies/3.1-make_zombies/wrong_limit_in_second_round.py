"""Right once; the second call writes for ever.

misconception: none
message: it reached its limit output_bytes
"""

import os

calls = []


def make_zombies(n):
    calls.append(n)
    while len(calls) == 2:
        os.write(1, b"x" * 65536)
    pids = []
    for _ in range(n):
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        pids.append(pid)
    return lambda: [os.waitpid(pid, 0) for pid in pids]
