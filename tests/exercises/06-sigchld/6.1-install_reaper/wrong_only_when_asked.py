"""Collects when seen() is called.

misconception: none
message: nobody waited for them
"""

import os


def install_reaper():
    collected = []

    def seen():
        try:
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                collected.append((found[0], os.waitstatus_to_exitcode(found[1])))
        except ChildProcessError:
            pass
        return collected

    return seen
