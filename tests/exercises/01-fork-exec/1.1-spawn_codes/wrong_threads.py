"""Threads instead of children, with made-up pids.

misconception: M2.3
message: a thread is no process
"""

import os
import threading


def spawn_codes(gates):
    found = {}
    threads = [
        threading.Thread(target=lambda g=g: found.update({1000 + g: os.read(g, 1)[0]}), daemon=True)
        for g in gates
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
