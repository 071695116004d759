"""A helper that stays and waits for the commands: only the place of the wait has changed.

misconception: none
message: did not come to init: collected by pid
"""

import os
import subprocess


def no_corpses(commands):
    helper = os.fork()
    if helper == 0:
        for child in [subprocess.Popen(argv) for argv in commands]:
            child.wait()
        os._exit(0)
    os.waitpid(helper, 0)
