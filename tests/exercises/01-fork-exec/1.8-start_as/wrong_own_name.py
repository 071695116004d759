"""Forgets the name that was asked for.

misconception: none
message: instead pid
"""

import subprocess

started = []


def start_as(path, name, args):
    started.append(subprocess.Popen([path, *args]))
    return started[-1].pid
