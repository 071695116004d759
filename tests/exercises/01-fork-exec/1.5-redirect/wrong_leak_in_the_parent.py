"""Opens before the fork, and only the child closes.

misconception: M1.4
message: is still open in your process
"""

import os


def redirect(argv, path):
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    pid = os.fork()
    if pid == 0:
        try:
            os.dup2(fd, 1)
            os.close(fd)
            os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
