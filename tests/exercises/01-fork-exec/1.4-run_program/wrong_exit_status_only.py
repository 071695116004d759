"""WEXITSTATUS, also when a signal ended the program.

misconception: M3.6
message: WEXITSTATUS means something only if WIFEXITED says so
"""

import os


def run_program(argv, env=None, cwd=None):
    pid = os.fork()
    if pid == 0:
        code = 126
        try:
            if cwd is not None:
                os.chdir(cwd)
            os.execvpe(argv[0], argv, os.environ if env is None else env)
        except FileNotFoundError:
            code = 127
        finally:
            os._exit(code)
    return os.WEXITSTATUS(os.waitpid(pid, 0)[1])
