"""It sleeps for a while, and looks once.

misconception: none
message: has guessed
"""

import subprocess
import time


def run_program(argv, env=None, cwd=None):
    try:
        p = subprocess.Popen(argv, env=env, cwd=cwd)
    except FileNotFoundError:
        return 127
    except PermissionError:
        return 126
    time.sleep(0.8)
    return p.poll()
