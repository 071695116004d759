"""SIGCHLD is ignored, to have no zombies; then nobody hears any code, of no child.

misconception: M3.7
message: SIGCHLD is ignored in your process
"""

import os
import signal


def run_program(argv, env=None, cwd=None):
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    pid = os.fork()
    if pid == 0:
        try:
            if cwd is not None:
                os.chdir(cwd)
            os.execvpe(argv[0], argv, os.environ if env is None else env)
        finally:
            os._exit(127)
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except ChildProcessError:
        return 0
