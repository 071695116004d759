"""Right, and busy all the time.

misconception: M3.10
message: asking again and again is not waiting
"""

import subprocess


def pool(jobs, k):
    codes = [None] * len(jobs)
    running = {}
    todo = list(enumerate(jobs))
    while todo or running:
        for place, process in list(running.items()):
            if process.poll() is not None:
                codes[place] = running.pop(place).returncode
        while todo and len(running) < k:
            place, argv = todo.pop(0)
            running[place] = subprocess.Popen(argv)
    return codes
