"""execve takes a path: there is no file "sh" in this directory.

misconception: none
message: is sh looked up in PATH
"""

import os


def run_program(argv, env=None, cwd=None):
    pid = os.fork()
    if pid == 0:
        try:
            if cwd is not None:
                os.chdir(cwd)
            os.execve(argv[0], argv, os.environ if env is None else env)
        except FileNotFoundError:
            os._exit(127)
        except OSError:
            os._exit(126)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
