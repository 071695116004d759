"""With nothing to do it waits all the same.

misconception: none
message: raised ChildProcessError
"""

import os


def pool(jobs, k):
    codes, running, todo = [None] * len(jobs), {}, list(enumerate(jobs))
    while True:
        while todo and len(running) < k:
            place, argv = todo.pop(0)
            running[os.posix_spawnp(argv[0], argv, os.environ)] = place
        pid, status = os.wait()
        codes[running.pop(pid)] = os.waitstatus_to_exitcode(status)
        if not todo and not running:
            return codes
