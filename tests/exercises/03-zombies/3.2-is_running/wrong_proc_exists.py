"""A zombie has its directory in /proc.

misconception: M2.8
message: is True for a zombie
"""

import os


def is_running(pid):
    return os.path.exists(f"/proc/{pid}")
