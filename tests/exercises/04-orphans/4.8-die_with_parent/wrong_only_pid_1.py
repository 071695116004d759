"""It looks whether pid 1 has adopted it; orphans go to subreapers too.

misconception: M4.17
message: the program ran all
"""

import ctypes
import os
import signal


def die_with_parent(argv):
    pid = os.fork()
    if pid == 0:
        try:
            ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
            if os.getppid() == 1:
                os._exit(0)
            os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    return pid
