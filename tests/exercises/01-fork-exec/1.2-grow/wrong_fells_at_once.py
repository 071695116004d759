"""Returns what fell returns.

misconception: none
message: which cannot be called
"""

import os
import signal


def grow(tree):
    def plant(tree):
        for below in tree.values():
            if os.fork() == 0:
                plant(below)
                signal.pause()

    plant(tree)

    def fell():
        return None

    return fell()
