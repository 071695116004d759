"""The codes in the order in which the jobs ended.

misconception: none
message: that in which the jobs ended
"""

import os


def pool(jobs, k):
    codes, running, todo = [], 0, list(jobs)
    while todo or running:
        while todo and running < k:
            argv = todo.pop(0)
            os.posix_spawnp(argv[0], argv, os.environ)
            running += 1
        codes.append(os.waitstatus_to_exitcode(os.wait()[1]))
        running -= 1
    return codes
