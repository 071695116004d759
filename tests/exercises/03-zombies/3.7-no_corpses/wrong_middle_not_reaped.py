"""Double fork, but the child in the middle stays as a zombie.

misconception: M3.3
message: the processes in the middle
"""

import os


def no_corpses(commands):
    for argv in commands:
        if os.fork() == 0:
            if os.fork() == 0:
                os.execvp(argv[0], argv)
            os._exit(0)
