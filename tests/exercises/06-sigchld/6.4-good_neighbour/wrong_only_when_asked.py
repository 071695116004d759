"""Collects when codes() is called.

misconception: none
message: zombie of yours stayed
"""

import subprocess


def good_neighbour(commands):
    children = [subprocess.Popen(command) for command in commands]
    return lambda: {child.pid: child.poll() for child in children if child.poll() is not None}
