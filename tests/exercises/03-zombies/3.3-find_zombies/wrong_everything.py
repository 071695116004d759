"""Reports every process there is.

misconception: none
message: they have not ended
"""

import os


def find_zombies():
    return [(int(pid), 1, "init") for pid in os.listdir("/proc") if pid.isdigit()]
