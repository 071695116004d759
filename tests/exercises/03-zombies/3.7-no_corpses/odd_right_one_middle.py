"""One child in the middle starts all of them."""

import os


def no_corpses(commands):
    middle = os.fork()
    if middle == 0:
        for argv in commands:
            os.posix_spawnp(argv[0], argv, os.environ)
        os._exit(0)
    os.waitpid(middle, 0)
