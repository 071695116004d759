"""WEXITSTATUS of a program that a signal has ended.

misconception: M3.6
message: WEXITSTATUS means something only if WIFEXITED says so
"""

import os


def redirect(argv, path):
    pid = os.fork()
    if pid == 0:
        try:
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
            os.dup2(fd, 1)
            os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    return os.WEXITSTATUS(os.waitpid(pid, 0)[1])
