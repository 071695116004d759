"""A helper that inherits the commands in the place of init, and waits for them.

misconception: none
message: did not come to init: collected by pid
"""

import ctypes
import os

PR_SET_CHILD_SUBREAPER = 36


def no_corpses(commands):
    helper = os.fork()
    if helper:
        os.waitpid(helper, 0)
        return
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for argv in commands:
        if os.fork() == 0:
            if os.fork() == 0:
                os.execvp(argv[0], argv)
            os._exit(0)
    while True:
        try:
            os.wait()
        except ChildProcessError:
            os._exit(0)
