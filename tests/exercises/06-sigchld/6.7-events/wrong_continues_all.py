"""Continues who was stopped.

misconception: none
message: told
"""

import os
import signal


def events():
    told = []

    def on_child(number, frame):
        asked = os.WNOHANG | os.WUNTRACED | os.WCONTINUED
        try:
            while (found := os.waitpid(-1, asked))[0]:
                pid, status = found
                if os.WIFEXITED(status):
                    told.append((pid, "exited", os.WEXITSTATUS(status)))
                elif os.WIFSIGNALED(status):
                    told.append((pid, "signaled", os.WTERMSIG(status)))
                elif os.WIFSTOPPED(status):
                    told.append((pid, "stopped", os.WSTOPSIG(status)))
                    os.kill(pid, signal.SIGCONT)
                else:
                    told.append((pid, "continued", signal.SIGCONT))
        except ChildProcessError:
            pass

    signal.signal(signal.SIGCHLD, on_child)
    return lambda: told
