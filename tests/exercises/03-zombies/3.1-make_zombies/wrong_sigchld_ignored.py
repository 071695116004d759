"""With SIG_IGN the kernel keeps no zombie.

misconception: M3.7
message: SIGCHLD is set to SIG_IGN
"""

import os
import signal


def make_zombies(n):
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in range(n):
        if os.fork() == 0:
            os._exit(0)
    return lambda: None
