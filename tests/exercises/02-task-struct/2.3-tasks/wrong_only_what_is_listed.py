"""Believes that what `ls /proc` does not show is not there.

misconception: none
message: a thread that is not the main one
"""

import os


def tasks(number):
    if str(number) not in os.listdir("/proc"):
        return None
    return number, {int(name) for name in os.listdir(f"/proc/{number}/task")}
