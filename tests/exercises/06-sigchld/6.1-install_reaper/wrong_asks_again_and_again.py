"""A thread that asks every few milliseconds.

misconception: M3.10
message: it woke up
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
            time.sleep(0.02)

    threading.Thread(target=work, daemon=True).start()
    return lambda: collected
