"""Only exec, no fork.

misconception: M1.6
message: pid 1 has become the program itself
"""

import os


def mini_init(argv):
    os.execvp(argv[0], argv)
