"""The wait status in place of the code.

misconception: M3.5
message: that is the wait status
"""

import os


def pool(jobs, k):
    codes, running, todo = [None] * len(jobs), {}, list(enumerate(jobs))
    while todo or running:
        while todo and len(running) < k:
            place, argv = todo.pop(0)
            running[os.posix_spawnp(argv[0], argv, os.environ)] = place
        pid, status = os.wait()
        codes[running.pop(pid)] = status
    return codes
