"""The number of the parent.

misconception: none
message: getppid asks for the parent
"""

import os


def hello():
    return os.getppid()
