"""A child ends with the code, its parent lives on.

misconception: M0.4
message: and its process went on
"""

import os


def goodbye(code):
    pid = os.fork()
    if pid == 0:
        os._exit(code)
    os.waitpid(pid, 0)
