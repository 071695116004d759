"""Comes back when all commands have ended.

misconception: M3.10
message: it was asleep
"""

import subprocess


def good_neighbour(commands):
    ended = {}
    for command in commands:
        child = subprocess.Popen(command)
        child.wait()
        ended[child.pid] = child.returncode
    return lambda: ended
