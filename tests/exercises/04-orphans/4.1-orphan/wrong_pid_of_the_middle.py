"""Returns what fork returned: the pid of the one in the middle.

misconception: none
message: the pid of the one in the middle, not that of the orphan
"""

import os
import time


def orphan():
    middle = os.fork()
    if middle == 0:
        if os.fork() == 0:
            time.sleep(60)
        os._exit(0)
    os.waitpid(middle, 0)
    return middle, os.getppid()
