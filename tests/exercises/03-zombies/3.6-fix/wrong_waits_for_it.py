"""Waits for somebody else's child.

misconception: M3.13
message: only its parent can wait for it
"""

import os


def fix(zombie_pid):
    os.waitpid(zombie_pid, 0)
    return "leave"
