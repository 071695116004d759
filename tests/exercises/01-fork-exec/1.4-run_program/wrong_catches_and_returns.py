"""Returns the code from the child, which is a copy.

misconception: M1.7
message: exec comes back only when it failed
"""

import os


def run_program(argv, env=None, cwd=None):
    pid = os.fork()
    if pid == 0:
        try:
            if cwd is not None:
                os.chdir(cwd)
            os.execvpe(argv[0], argv, os.environ if env is None else env)
        except FileNotFoundError:
            return 127
        except PermissionError:
            return 126
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
