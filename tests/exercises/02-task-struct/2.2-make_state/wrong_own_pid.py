"""Returns the own pid.

misconception: none
message: is no new process
"""

import os


def make_state(letter):
    return os.getpid()
