"""No fork to be seen: posix_spawnp, and env(1) to change the directory."""

import os


def run_program(argv, env=None, cwd=None):
    before = os.getcwd()
    try:
        if cwd is not None:
            os.chdir(cwd)
        try:
            pid = os.posix_spawnp(argv[0], argv, os.environ if env is None else env)
        finally:
            os.chdir(before)
    except FileNotFoundError:
        return 127
    except PermissionError:
        return 126
    ended = os.waitid(os.P_PID, pid, os.WEXITED)
    return ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status
