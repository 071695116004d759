"""Changes directory and environment before the fork.

misconception: M1.4
message: change it in the child, between fork and exec
"""

import os


def run_program(argv, env=None, cwd=None):
    if cwd is not None:
        os.chdir(cwd)
    if env is not None:
        os.environ.clear()
        os.environ.update(env)
    pid = os.fork()
    if pid == 0:
        code = 126
        try:
            os.execvp(argv[0], argv)
        except FileNotFoundError:
            code = 127
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
