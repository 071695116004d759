"""A thread that asks every three seconds: seldom enough not to be seen awake, and too late.

misconception: none
message: nobody waited for them
"""

import os
import threading
import time


def install_reaper():
    collected = []

    def work():
        while True:
            try:
                while (found := os.waitpid(-1, os.WNOHANG))[0]:
                    collected.append((found[0], os.waitstatus_to_exitcode(found[1])))
            except ChildProcessError:
                pass
            time.sleep(3)

    threading.Thread(target=work, daemon=True).start()
    return lambda: collected
