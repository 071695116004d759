"""A thread asks now and then.

misconception: none
message: nobody waited for it
"""

import os
import threading
import time


def events():
    log = []

    def run():
        while True:
            try:
                while (x := os.waitpid(-1, os.WNOHANG | os.WUNTRACED | os.WCONTINUED))[0]:
                    p, s = x
                    if os.WIFEXITED(s):
                        log.append((p, "exited", os.WEXITSTATUS(s)))
                    elif os.WIFSIGNALED(s):
                        log.append((p, "signaled", os.WTERMSIG(s)))
                    elif os.WIFSTOPPED(s):
                        log.append((p, "stopped", os.WSTOPSIG(s)))
                    else:
                        log.append((p, "continued", 18))
            except ChildProcessError:
                pass
            time.sleep(5)

    threading.Thread(target=run, daemon=True).start()
    return lambda: log
