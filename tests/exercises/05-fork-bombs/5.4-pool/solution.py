"""The expected solution: fill up to k, wait for anybody, keep the code in its place."""

import os


def pool(jobs, k):
    codes = [None] * len(jobs)
    running = {}
    waiting = list(enumerate(jobs))
    while waiting or running:
        while waiting and len(running) < k:
            place, argv = waiting.pop(0)
            running[os.posix_spawnp(argv[0], argv, os.environ)] = place
        pid, status = os.wait()
        codes[running.pop(pid)] = os.waitstatus_to_exitcode(status)
    return codes
