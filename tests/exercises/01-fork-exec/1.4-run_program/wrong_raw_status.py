"""Returns the wait status.

misconception: M3.5
message: that is the wait status
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
    return os.waitpid(pid, 0)[1]
