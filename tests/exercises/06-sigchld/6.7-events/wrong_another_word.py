"""The word for a stop is written in another way.

misconception: none
message: written just so
"""

import os
import signal


def events():
    log = []

    def h(*_):
        try:
            while (x := os.waitpid(-1, os.WNOHANG | os.WUNTRACED | os.WCONTINUED))[0]:
                p, s = x
                if os.WIFEXITED(s):
                    log.append((p, "exited", os.WEXITSTATUS(s)))
                elif os.WIFSIGNALED(s):
                    log.append((p, "signaled", os.WTERMSIG(s)))
                elif os.WIFSTOPPED(s):
                    log.append((p, "Stopped", os.WSTOPSIG(s)))
                else:
                    log.append((p, "continued", 18))
        except ChildProcessError:
            pass

    signal.signal(signal.SIGCHLD, h)
    return lambda: log
