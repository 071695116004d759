"""It sleeps for a while, and looks once.

misconception: none
message: has guessed
"""

import subprocess
import time


def redirect(argv, path):
    with open(path, "wb") as f:
        try:
            p = subprocess.Popen(argv, stdout=f)
        except FileNotFoundError:
            return 127
    time.sleep(0.8)
    return p.poll()
