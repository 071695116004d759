"""One child at a time, by recursion."""

import os


def reap_ready():
    try:
        pid, status, _ = os.wait3(os.WNOHANG)
    except ChildProcessError:
        return ()
    if pid == 0:
        return ()
    return ((pid, os.waitstatus_to_exitcode(status)), *reap_ready())
