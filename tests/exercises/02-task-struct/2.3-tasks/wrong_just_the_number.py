"""One task for each process.

misconception: M2.1
message: a process has one task for each of its threads
"""

import os


def tasks(number):
    if not os.path.exists(f"/proc/{number}"):
        return None
    return number, {number}
