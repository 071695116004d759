"""Opens without O_TRUNC: the tail of the old content stays.

misconception: none
message: the rest of what it held before is still there
"""

import os


def redirect(argv, path):
    pid = os.fork()
    if pid == 0:
        try:
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT, 0o666), 1)
            os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
