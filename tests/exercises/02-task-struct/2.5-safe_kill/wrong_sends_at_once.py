"""Sends when it should only aim.

misconception: none
message: safe_kill only aims
"""

import os
import signal


def safe_kill(pid):
    os.kill(pid, signal.SIGTERM)
    return lambda sig: True
