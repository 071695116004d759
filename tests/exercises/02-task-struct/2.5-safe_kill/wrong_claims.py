"""Only says so.

misconception: none
message: no signal has come
"""

import os


def safe_kill(pid):
    return lambda sig: os.path.exists(f"/proc/{pid}")
