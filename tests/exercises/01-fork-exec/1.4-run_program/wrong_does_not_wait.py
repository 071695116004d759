"""Starts it, and returns.

misconception: none
message: returned None
"""

import os


def run_program(argv, env=None, cwd=None):
    if os.fork() == 0:
        try:
            if cwd is not None:
                os.chdir(cwd)
            os.execvpe(argv[0], argv, os.environ if env is None else env)
        finally:
            os._exit(127)
