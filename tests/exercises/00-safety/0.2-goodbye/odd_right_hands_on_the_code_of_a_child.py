"""A child ends first, and its code is handed on."""

import os


def goodbye(code):
    pid = os.fork()
    if pid == 0:
        os._exit(code)
    _, st = os.waitpid(pid, 0)
    os._exit(os.waitstatus_to_exitcode(st))
