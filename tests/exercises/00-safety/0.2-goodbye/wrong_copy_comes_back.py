"""The process ends, and a copy of it comes back instead.

misconception: M3.11
message: 1 copy of it came back
"""

import os


def goodbye(code):
    if os.fork() == 0:
        return
    os._exit(code)
