"""The arguments of dup2 the wrong way round.

misconception: none
message: os.dup2(1, fd) makes fd a copy of 1
"""

import os


def redirect(argv, path):
    pid = os.fork()
    if pid == 0:
        try:
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
            os.dup2(1, fd)
            os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
