"""Nothing behind exec: when it fails, the child runs on.

misconception: M1.7
message: exec comes back only when it failed
"""

import os


def run_program(argv, env=None, cwd=None):
    pid = os.fork()
    if pid == 0:
        if cwd is not None:
            os.chdir(cwd)
        os.execvpe(argv[0], argv, os.environ if env is None else env)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
