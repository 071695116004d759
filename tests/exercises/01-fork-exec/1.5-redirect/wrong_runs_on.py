"""Right as long as the program is there.

misconception: M3.11
message: came back from redirect(['no-such
"""

import os


def redirect(argv, path):
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666), 1)
        os.execvp(argv[0], argv)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
