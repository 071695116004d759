"""Round after round of SIGKILL, without end.

misconception: M5.11
message: forks the next one
"""

import os


def defuse(name):
    while True:
        for p in os.listdir("/proc"):
            if p.isdigit():
                try:
                    if open(f"/proc/{p}/comm").read() == name + "\n":
                        os.kill(int(p), 9)
                except OSError:
                    pass
