"""A round of SIGKILL, a nap, and again: the bomb has all the time there is.

misconception: M5.11
message: forks the next one
"""

import os
import time


def defuse(name):
    while True:
        for p in os.listdir("/proc"):
            if p.isdigit():
                try:
                    if open(f"/proc/{p}/comm").read() == name + "\n":
                        os.kill(int(p), 9)
                except OSError:
                    pass
        time.sleep(0.4)
