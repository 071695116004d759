"""Lets the kernel throw the statuses away.

misconception: M6.5
message: SIG_IGN lets all of them vanish
"""

import signal
import subprocess


def good_neighbour(commands):
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    children = [subprocess.Popen(command) for command in commands]
    return lambda: {child.pid: 0 for child in children}
