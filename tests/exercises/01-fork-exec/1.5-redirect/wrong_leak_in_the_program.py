"""As in C, where nothing closes itself at exec: the first descriptor stays.

misconception: none
message: the program also had descriptor
"""

import os


def redirect(argv, path):
    pid = os.fork()
    if pid == 0:
        try:
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
            os.set_inheritable(fd, True)
            os.dup2(fd, 1)
            os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
