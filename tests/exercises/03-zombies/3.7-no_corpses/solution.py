"""The expected solution: a child in the middle starts the command and ends at once."""

import os


def no_corpses(commands):
    for argv in commands:
        middle = os.fork()
        if middle == 0:
            if os.fork() == 0:
                try:
                    os.execvp(argv[0], argv)
                finally:
                    os._exit(127)
            os._exit(0)
        os.waitpid(middle, 0)
