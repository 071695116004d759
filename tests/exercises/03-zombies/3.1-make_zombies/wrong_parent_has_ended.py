"""A helper makes the zombies and ends: init takes them from it, and reaps them.

misconception: M3.3
message: init adopted and reaped
"""

import os


def make_zombies(n):
    helper = os.fork()
    if helper == 0:
        for _ in range(n):
            if os.fork() == 0:
                os._exit(0)
        os._exit(0)
    os.waitpid(helper, 0)
    return lambda: None
