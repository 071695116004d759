"""Waits for every command.

misconception: none
message: collected by a wait call
"""

import subprocess


def no_corpses(commands):
    for child in [subprocess.Popen(argv) for argv in commands]:
        child.wait()
