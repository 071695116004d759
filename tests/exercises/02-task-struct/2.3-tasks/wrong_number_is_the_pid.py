"""Lists the threads, but takes any number for a pid.

misconception: M2.3
message: that is the number of the thread itself
"""

import os


def tasks(number):
    try:
        return number, {int(name) for name in os.listdir(f"/proc/{number}/task")}
    except OSError:
        return None
