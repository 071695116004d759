"""Polls with a pause: not elegant, but nobody waits for long."""

import subprocess
import time


def pool(jobs, k):
    codes = [None] * len(jobs)
    running = []
    todo = list(enumerate(jobs))
    while todo or running:
        for one in list(running):
            place, process = one
            if process.poll() is not None:
                codes[place] = process.returncode
                running.remove(one)
        while todo and len(running) < k:
            place, argv = todo.pop(0)
            running.append((place, subprocess.Popen(argv)))
        time.sleep(0.02)
    return codes
