"""Plays the program itself: a child that reads the gate, and never runs anything.

misconception: none
message: not seen; instead
"""

import os
import re


def run_program(argv, env=None, cwd=None):
    gate = re.search(r"< (\S+);", " ".join(argv))
    if gate is None:
        return 126 if os.path.exists(argv[0]) else 127
    pid = os.fork()
    if pid == 0:
        try:
            with open(gate[1]) as file:
                code = int(file.readline())
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
