"""The number of the session: often that of the process, and not always.

misconception: none
message: is the number of its session
"""

import os


def hello():
    return os.getsid(0)
