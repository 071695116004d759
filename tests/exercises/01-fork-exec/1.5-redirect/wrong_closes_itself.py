"""The lowest free number, but Python opens with close-on-exec.

misconception: none
message: the program had no descriptor 1 at all
"""

import os


def redirect(argv, path):
    pid = os.fork()
    if pid == 0:
        try:
            os.close(1)
            os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
            os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
