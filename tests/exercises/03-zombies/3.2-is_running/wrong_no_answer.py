"""Prints instead of returning.

misconception: none
message: return True or False
"""

import os


def is_running(pid):
    print(os.path.exists(f"/proc/{pid}"))
