"""Starts the program, and is done.

misconception: M4.12
message: while the program was still running
"""

import os
import signal


def mini_init(argv):
    os.posix_spawnp(argv[0], argv, os.environ)
    signal.sigtimedwait([signal.SIGUSR2], 0.3)
    return 0
