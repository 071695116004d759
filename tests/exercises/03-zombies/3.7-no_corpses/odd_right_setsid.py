"""The program setsid forks when it is asked to, and ends."""

import subprocess


def no_corpses(commands):
    for argv in commands:
        assert subprocess.call(["setsid", "--fork", *argv]) == 0
