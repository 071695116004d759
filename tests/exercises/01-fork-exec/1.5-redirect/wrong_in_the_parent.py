"""dup2 before the fork: the parent's own output goes into the file from then on.

misconception: M1.4
message: during the call, descriptor 1 of your own process was
"""

import os


def redirect(argv, path):
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    os.dup2(fd, 1)
    os.close(fd)
    pid = os.fork()
    if pid == 0:
        try:
            os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
