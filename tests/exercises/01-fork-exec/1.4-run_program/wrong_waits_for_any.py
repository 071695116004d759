"""os.wait(): whoever ends first.

misconception: M6.5
message: was collected too
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
    ended = None
    while ended != pid:
        ended, status = os.wait()
    return os.waitstatus_to_exitcode(status)
