"""Looks for the program before it forks, and waits by a pidfd."""

import os
import shutil


def run_program(argv, env=None, cwd=None):
    path = shutil.which(argv[0])
    if path is None:
        return 126 if os.path.exists(argv[0]) else 127
    pid = os.fork()
    if pid == 0:
        try:
            os.chdir(cwd or ".")
            os.execve(path, argv, os.environ if env is None else env)
        finally:
            os._exit(126)
    fd = os.pidfd_open(pid)
    try:
        ended = os.waitid(os.P_PIDFD, fd, os.WEXITED)
    finally:
        os.close(fd)
    return ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status
