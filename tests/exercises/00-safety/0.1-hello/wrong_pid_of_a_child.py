"""The number that fork returned, which is that of another process.

misconception: none
message: this one went to a process
"""

import os


def hello():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return pid
