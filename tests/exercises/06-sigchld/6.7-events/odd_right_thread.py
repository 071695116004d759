"""A thread that sleeps in a wait for all kinds of news."""

import os
import signal
import threading


def events():
    told = []

    def work():
        try:
            while True:
                pid, status = os.waitpid(-1, os.WUNTRACED | os.WCONTINUED)
                if os.WIFSTOPPED(status):
                    told.append((pid, "stopped", os.WSTOPSIG(status)))
                elif os.WIFCONTINUED(status):
                    told.append((pid, "continued", signal.SIGCONT))
                else:
                    code = os.waitstatus_to_exitcode(status)
                    told.append((pid, "exited", code) if code >= 0 else (pid, "signaled", -code))
        except ChildProcessError:
            pass

    threading.Thread(target=work, daemon=True).start()
    return lambda: list(told)
