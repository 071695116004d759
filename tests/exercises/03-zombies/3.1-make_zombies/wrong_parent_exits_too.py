"""Every process that comes to the end of the function exits, the parent too.

misconception: none
message: ended during the call (exit code 3)
"""

import os


def make_zombies(n):
    for _ in range(n):
        if os.fork() == 0:
            break
    os._exit(3)
