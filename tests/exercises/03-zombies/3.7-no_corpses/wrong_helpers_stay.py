"""Right, but leaves processes behind that nobody needs.

misconception: none
message: still there when all commands had ended
"""

import os
import time


def no_corpses(commands):
    for argv in [*commands, None]:
        middle = os.fork()
        if middle == 0:
            for _ in range(20 if argv is None else 1):
                if os.fork() == 0:
                    if argv is None:
                        time.sleep(100)
                    os.execvp(argv[0], argv)
            os._exit(0)
        os.waitpid(middle, 0)
