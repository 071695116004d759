"""An empty dict counts as False: so {} becomes the environment of the caller.

misconception: none
message: an empty dict is an environment too
"""

import os


def run_program(argv, env=None, cwd=None):
    pid = os.fork()
    if pid == 0:
        try:
            if cwd is not None:
                os.chdir(cwd)
            os.execvpe(argv[0], argv, env or os.environ)
        except FileNotFoundError:
            os._exit(127)
        except OSError:
            os._exit(126)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
